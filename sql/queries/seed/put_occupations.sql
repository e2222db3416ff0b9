INSERT INTO register.occupation AS o (code, name_zh, name_en, effective_from, effective_to, legal_basis)
SELECT n.code, n.name_zh, n.name_en, n.effective_from, n.effective_to, n.legal_basis
  FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[], $6::text[])
       AS n (code, name_zh, name_en, effective_from, effective_to, legal_basis)
ON CONFLICT (code) DO UPDATE
   SET name_zh = excluded.name_zh, name_en = excluded.name_en, effective_from = excluded.effective_from,
       effective_to = excluded.effective_to, legal_basis = excluded.legal_basis
 WHERE (o.name_zh, o.name_en, o.effective_from, o.effective_to, o.legal_basis)
       IS DISTINCT FROM (excluded.name_zh, excluded.name_en, excluded.effective_from, excluded.effective_to, excluded.legal_basis)
