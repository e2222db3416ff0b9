INSERT INTO register.certificate_status AS s (certificate_id, effective_from, status, change_id, ordinal)
SELECT c.id, $2::date, 'REVOKED', register.current_change(), $3::integer + c.place
  FROM unnest($1::bigint[]) WITH ORDINALITY AS c (id, place)
    ON CONFLICT (certificate_id, effective_from)
    DO UPDATE SET status = excluded.status, change_id = excluded.change_id, ordinal = excluded.ordinal
