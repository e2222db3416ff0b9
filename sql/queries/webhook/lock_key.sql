-- Of one key, webhooks are made one after the other, so that none is made above the limit.
SELECT k.id, k.role, k.expires_at > now() AND k.revoked_at IS NULL AS valid
  FROM register.api_key AS k
 WHERE k.id = $1::bigint
   FOR NO KEY UPDATE
