SELECT row_to_json(r)
  FROM (SELECT x.institution_code, x.policy, x.as_of, x.stars, x.stars_before_entries, x.capped, x.score, x.certified_ratio, x.reason, x.run_id
          FROM disclosure.exported_rating AS x
         WHERE $1::bigint IS NULL
            OR x.id IN (SELECT v.id FROM disclosure.change_set AS s JOIN disclosure.rating_version AS v ON v.change_id = s.id WHERE s.position > $1::bigint)
            OR x.capped
         ORDER BY x.institution_code) AS r
