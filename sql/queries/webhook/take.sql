-- A webhook with the key that it belongs to, as the key stands now.
SELECT w.id, w.owner, w.url, w.alert_url, w.codes, w.kinds, w.region_code, w.secret,
       CASE WHEN w.former_until > now() THEN w.former_secret END AS former_secret, w.state, w.position, w.ordinal, w.turn,
       w.sending_position, w.sending_ordinal, w.failures, w.failing_since, w.fault, w.disabled_at, w.disabled_for, w.alert_due,
       w.next_attempt_at <= now() AS due,
       coalesce(k.revoked_at IS NULL AND k.expires_at > now(), false) AS key_valid, k.name AS key_name, k.role AS key_role,
       k.region_code AS key_region, k.institution_code AS key_institution,
       (SELECT r.path FROM register.region AS r WHERE r.code = k.region_code ORDER BY lower(r.valid) DESC LIMIT 1) AS region_path,
       h.position AS head
  FROM register.webhook AS w
  LEFT JOIN register.api_key AS k ON k.id = w.key_id
 CROSS JOIN disclosure.head AS h
 WHERE w.id = $1::uuid
