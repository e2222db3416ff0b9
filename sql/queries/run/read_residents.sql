-- Every count up to the day; the newest of each class stands. To leave the others out here would cost a sort.
SELECT r.institution_id::integer AS institution_id,
       array_position($1::text[], r.ability_class)::smallint AS ability_class,
       r.day_from - DATE '1970-01-01' AS day,
       r.headcount
  FROM resident_count AS r
 WHERE r.day_from <= $2::date AND ($3::bigint[] IS NULL OR r.institution_id = ANY ($3::bigint[]))
