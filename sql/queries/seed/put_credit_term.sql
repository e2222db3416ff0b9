-- What an authority has put in for the same days stays as it is.
WITH added AS (
  INSERT INTO register.credit_term (repair_class, least_months, most_months, published, effective, legal_basis, confirmed)
  SELECT n.repair_class, n.least_months, n.most_months, n.published, daterange(n.effective_from, n.effective_to, '[]'), n.legal_basis, n.confirmed
    FROM jsonb_to_recordset($1::text::jsonb)
         AS n (repair_class text, least_months smallint, most_months smallint, published boolean,
             effective_from date, effective_to date, legal_basis text, confirmed boolean)
      ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*)::integer FROM added
