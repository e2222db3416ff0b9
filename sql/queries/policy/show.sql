SELECT p.id, p.code, p.version, encode(p.sha256, 'hex') AS sha256, p.document
  FROM register.rating_policy AS p
 WHERE p.code = $1::text AND ($2::text IS NULL OR p.version = $2::text)
 ORDER BY lower(p.effective) DESC, p.id DESC
 LIMIT 1
