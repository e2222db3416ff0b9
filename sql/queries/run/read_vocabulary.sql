WITH known AS MATERIALIZED (
  SELECT DISTINCT kind, scheme FROM institution WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[])
)
SELECT ARRAY(SELECT DISTINCT kind FROM known ORDER BY kind) AS kinds, ARRAY(SELECT DISTINCT scheme FROM known ORDER BY scheme) AS schemes
