SELECT row_to_json(r)
  FROM (SELECT DISTINCT v.code AS organisation_code
          FROM disclosure.superseded_since('organisation', $1::bigint) AS s
          JOIN disclosure.organisation_version AS v ON v.id = s
         WHERE v.recorded_from <= $1::bigint AND v.recorded_to > $1::bigint AND NOT EXISTS (SELECT FROM disclosure.organisation AS n WHERE n.id = v.id)) AS r
