SELECT DISTINCT ON (m.institution_id, m.measure_code)
       m.institution_id,
       array_position($1::text[], m.measure_code)::smallint AS measure,
       coalesce((m.value * 1000000)::bigint, -9223372036854775808) AS value_millionths,
       coalesce(array_position($2::text[], m.flag), 0)::smallint AS flag
  FROM measure_value AS m
 WHERE m.day <= $3::date AND ($4::bigint[] IS NULL OR m.institution_id = ANY ($4::bigint[]))
 ORDER BY m.institution_id, m.measure_code, m.day DESC
