-- Limits of complaints whose numbers nobody has confirmed are reported like the other rules.
CREATE OR REPLACE VIEW register.unconfirmed_rule WITH (security_invoker = true) AS
SELECT 'credit_list' AS relation, r.code, lower(r.effective) AS effective_from, r.legal_basis FROM register.credit_list AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_ground', r.code, lower(r.effective), r.legal_basis FROM register.credit_ground AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_term', r.repair_class, lower(r.effective), r.legal_basis FROM register.credit_term AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_consequence', concat_ws(' ', r.list_code, nullif(r.ground_code, ''), r.measure), lower(r.effective), r.legal_basis
  FROM register.credit_consequence AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_window', r.code, lower(r.effective), r.legal_basis FROM register.credit_window AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'flag_rule', r.code, lower(r.effective), r.legal_basis FROM register.flag_rule AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'retention_rule', r.subject, lower(r.effective), r.legal_basis FROM register.retention_rule AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'complaint_limit', r.per, lower(r.effective), r.legal_basis FROM register.complaint_limit AS r WHERE NOT r.confirmed;
