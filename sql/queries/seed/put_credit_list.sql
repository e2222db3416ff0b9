-- What an authority has put in for the same days stays as it is.
WITH added AS (
  INSERT INTO register.credit_list (code, kind, name_zh, name_en, region_code, authority, credit_china_code, needs_consent, effective, legal_basis, confirmed)
  SELECT n.code, n.kind, n.name_zh, n.name_en, n.region_code, n.authority, n.credit_china_code, n.needs_consent,
         daterange(n.effective_from, n.effective_to, '[]'), n.legal_basis, n.confirmed
    FROM jsonb_to_recordset($1::text::jsonb)
         AS n (code text, kind text, name_zh text, name_en text, region_code text, authority text, credit_china_code smallint, needs_consent boolean,
             effective_from date, effective_to date, legal_basis text, confirmed boolean)
      ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*)::integer FROM added
