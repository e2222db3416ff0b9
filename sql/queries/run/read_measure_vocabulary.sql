WITH known AS MATERIALIZED (
  SELECT DISTINCT measure_code, flag FROM measure_value WHERE $1::bigint[] IS NULL OR institution_id = ANY ($1::bigint[])
)
SELECT ARRAY(SELECT DISTINCT measure_code FROM known ORDER BY measure_code) AS measures,
       ARRAY(SELECT DISTINCT flag FROM known WHERE flag IS NOT NULL ORDER BY flag) AS flags
