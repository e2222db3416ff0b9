SELECT r.kind, r.as_of, r.read_position, r.engine_version, r.policy_code, r.institution_ids, r.read_digests::text AS read_digests
  FROM register.rating_run AS r
 WHERE r.id = $1::bigint
