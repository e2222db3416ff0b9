SELECT DISTINCT v.code AS institution_code
  FROM disclosure.superseded_since('rating', $1::bigint) AS s
  JOIN disclosure.rating_version AS v ON v.id = s
 WHERE v.recorded_from <= $1::bigint AND v.recorded_to > $1::bigint AND NOT EXISTS (SELECT FROM disclosure.rating AS n WHERE n.institution_id = v.institution_id)
 ORDER BY 1
