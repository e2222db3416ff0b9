-- What an authority has put in for the same days stays as it is.
WITH added AS (
  INSERT INTO register.flag_rule (code, severity, parameters, effective, legal_basis, confirmed)
  SELECT n.code, n.severity, n.parameters::jsonb, daterange(n.effective_from, n.effective_to, '[]'), n.legal_basis, n.confirmed
    FROM jsonb_to_recordset($1::text::jsonb)
         AS n (code text, severity text, parameters text, effective_from date, effective_to date, legal_basis text, confirmed boolean)
      ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*)::integer FROM added
