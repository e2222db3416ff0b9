UPDATE register.rating_run SET finished_at = $2::timestamptz, durations_ms = $3::text::jsonb WHERE id = $1::bigint
