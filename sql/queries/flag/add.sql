INSERT INTO register.flag (rule, severity, institution_id, region_code, fact_key, evidence, raised_on, raised_by, change_id, ordinal)
SELECT r.code, r.severity, $2::bigint, $3::text, $4::text, $5::text::jsonb, register.law_today(), $6::text, $7::bigint, $8::integer
  FROM register.flag_rule AS r
 WHERE r.code = $1::text AND r.effective @> register.law_today()
RETURNING id
