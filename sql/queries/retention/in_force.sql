SELECT r.id, r.legal_basis
  FROM register.retention_rule AS r
 WHERE r.subject = $1::text AND r.effective @> $2::date
