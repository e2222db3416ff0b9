SELECT coalesce(array_agg(DISTINCT measure_code ORDER BY measure_code), ARRAY[]::text[]) AS measures,
       coalesce(array_agg(DISTINCT flag ORDER BY flag) FILTER (WHERE flag IS NOT NULL), ARRAY[]::text[]) AS flags
  FROM measure_value
 WHERE $1::bigint[] IS NULL OR institution_id = ANY ($1::bigint[])
