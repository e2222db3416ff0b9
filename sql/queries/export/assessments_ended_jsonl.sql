SELECT row_to_json(r)
  FROM (SELECT DISTINCT v.code AS institution_code, v.decided_on
          FROM disclosure.superseded_since('assessment', $1::bigint) AS s
          JOIN disclosure.assessment_version AS v ON v.id = s
         WHERE v.recorded_from <= $1::bigint AND v.recorded_to > $1::bigint AND NOT EXISTS (SELECT FROM disclosure.assessment AS n WHERE n.id = v.id)) AS r
