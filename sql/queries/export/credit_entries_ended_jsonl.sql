SELECT row_to_json(r)
  FROM (SELECT DISTINCT v.id AS entry_id
          FROM disclosure.change_set AS s
          JOIN disclosure.credit_entry_version AS v ON v.ended_by = s.id
         WHERE s.position > $1::bigint AND v.recorded_from <= $1::bigint AND NOT EXISTS (SELECT FROM disclosure.listed_entry AS n WHERE n.id = v.id)) AS r
