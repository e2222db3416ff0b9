-- What an authority has put in for the same days stays as it is.
WITH added AS (
  INSERT INTO register.credit_window (code, days, working, effective, legal_basis, confirmed)
  SELECT n.code, n.days, n.working, daterange(n.effective_from, n.effective_to, '[]'), n.legal_basis, n.confirmed
    FROM jsonb_to_recordset($1::text::jsonb)
         AS n (code text, days smallint, working boolean,
             effective_from date, effective_to date, legal_basis text, confirmed boolean)
      ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*)::integer FROM added
