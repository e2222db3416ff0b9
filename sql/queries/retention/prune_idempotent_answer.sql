DELETE FROM register.idempotent_answer AS a
 WHERE (a.actor, a.idempotency_key) IN (
   SELECT o.actor, o.idempotency_key FROM register.idempotent_answer AS o
    WHERE (o.created_at AT TIME ZONE 'Asia/Shanghai')::date + register.retention_term('IDEMPOTENT_ANSWER', $1::date) < $1::date
    ORDER BY o.created_at
    LIMIT $2::integer)
