SELECT input_digest, answer::text AS answer
  FROM register.idempotent_answer
 WHERE actor = $1::text AND idempotency_key = $2::text
