-- What an authority has put in for the same days stays as it is.
WITH added AS (
  INSERT INTO register.credit_ground (code, list_kind, name_zh, name_en, court_only, effective, legal_basis, confirmed)
  SELECT n.code, n.list_kind, n.name_zh, n.name_en, n.court_only, daterange(n.effective_from, n.effective_to, '[]'), n.legal_basis, n.confirmed
    FROM jsonb_to_recordset($1::text::jsonb)
         AS n (code text, list_kind text, name_zh text, name_en text, court_only boolean,
             effective_from date, effective_to date, legal_basis text, confirmed boolean)
      ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*)::integer FROM added
