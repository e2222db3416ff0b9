-- Ratings that stood once the run had published, by province (the second step of a region's path) and grade.
SELECT coalesce(p.code, g.code) AS code, coalesce(p.name, g.name) AS name, coalesce(r.stars, 0::smallint) AS stars, count(*) AS institutions
  FROM rating AS r
  JOIN institution AS i ON i.id = r.institution_id
  JOIN LATERAL (SELECT v.code, v.name, v.path FROM region AS v WHERE v.code = i.region_code ORDER BY lower(v.valid) DESC LIMIT 1) AS g ON true
  LEFT JOIN LATERAL (SELECT v.code, v.name FROM region AS v WHERE v.code = split_part(g.path, '/', 2)
                      ORDER BY lower(v.valid) DESC LIMIT 1) AS p ON true
 WHERE r.policy_id = ANY ($1::bigint[])
 GROUP BY 1, 2, 3
 ORDER BY 1, 3
