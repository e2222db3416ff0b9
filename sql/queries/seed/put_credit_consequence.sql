-- What an authority has put in for the same days stays as it is.
WITH added AS (
  INSERT INTO register.credit_consequence (list_code, ground_code, measure, name_zh, name_en, effective, legal_basis, confirmed)
  SELECT n.list_code, coalesce(n.ground_code, ''), n.measure, n.name_zh, n.name_en,
         daterange(n.effective_from, n.effective_to, '[]'), n.legal_basis, n.confirmed
    FROM jsonb_to_recordset($1::text::jsonb)
         AS n (list_code text, ground_code text, measure text, name_zh text, name_en text,
             effective_from date, effective_to date, legal_basis text, confirmed boolean)
      ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*)::integer FROM added
