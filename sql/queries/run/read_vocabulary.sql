SELECT array_agg(DISTINCT kind ORDER BY kind) AS kinds, array_agg(DISTINCT scheme ORDER BY scheme) AS schemes
  FROM institution
 WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[])
