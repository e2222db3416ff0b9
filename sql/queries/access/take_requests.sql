SELECT t.granted, t.of_day, t.per_minute, t.per_day, t.left_in_minute, t.left_in_day, t.minute_ends_in, t.day_ends_in
  FROM register.take_requests($1::text, $2::text, $3::text, $4::integer, $5::integer, $6::date) AS t
