-- Rules that were not read in a source, and whether there are any rules at all.
SELECT u.relation, u.code, u.effective_from, u.legal_basis, (SELECT count(*) FROM register.credit_list) AS lists
  FROM (SELECT 1) AS one
  LEFT JOIN register.unconfirmed_rule AS u ON true
 ORDER BY u.relation, u.code, u.effective_from
