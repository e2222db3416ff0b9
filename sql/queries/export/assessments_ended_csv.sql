SELECT DISTINCT v.code AS institution_code, v.decided_on
  FROM disclosure.change_set AS s
  JOIN disclosure.assessment_version AS v ON v.ended_by = s.id
 WHERE s.position > $1::bigint AND v.recorded_from <= $1::bigint AND NOT EXISTS (SELECT FROM disclosure.assessment AS n WHERE n.id = v.id)
 ORDER BY 1, 2
