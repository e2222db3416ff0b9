INSERT INTO register.idempotent_answer (actor, idempotency_key, operation, input_digest, answer)
VALUES ($1::text, $2::text, $3::text, $4::bytea, $5::text::jsonb)
