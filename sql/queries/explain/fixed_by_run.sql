-- Of a full run, which edition of what it fixed: millions of characters that need not travel when they are known.
SELECT p.run_id, concat(encode(p.input_digest, 'hex'), p.xmin, p.ctid) AS edition
  FROM register.rating_run_policy AS p
 WHERE p.run_id = $1::bigint AND p.policy_id = $2::bigint AND p.frozen IS NOT NULL
