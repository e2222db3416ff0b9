SELECT DISTINCT v.code AS organisation_code
  FROM disclosure.change_set AS s
  JOIN disclosure.organisation_version AS v ON v.ended_by = s.id
 WHERE s.position > $1::bigint AND v.recorded_from <= $1::bigint AND NOT EXISTS (SELECT FROM disclosure.organisation AS n WHERE n.id = v.id)
 ORDER BY 1
