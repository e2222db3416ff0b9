SELECT published_position, published_at
  FROM register.publish_change_set($1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text, $7::integer)
