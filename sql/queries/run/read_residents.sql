SELECT DISTINCT ON (r.institution_id, r.ability_class)
       r.institution_id,
       array_position($1::text[], r.ability_class)::smallint AS ability_class,
       r.headcount
  FROM resident_count AS r
 WHERE r.day_from <= $2::date AND ($3::bigint[] IS NULL OR r.institution_id = ANY ($3::bigint[]))
 ORDER BY r.institution_id, r.ability_class, r.day_from DESC
