UPDATE register.personal_key
   SET state = $2::text, retired_at = CASE WHEN $2::text = 'RETIRED' THEN clock_timestamp() END
 WHERE id = $1::smallint
