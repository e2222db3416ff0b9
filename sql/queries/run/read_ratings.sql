SELECT r.institution_id, r.content_digest, coalesce(r.stars, 0::smallint) AS stars
  FROM register.rating AS r
 WHERE $1::bigint[] IS NULL OR r.institution_id = ANY ($1::bigint[])
 ORDER BY r.institution_id
