-- Each region of the law day with all below it, from the counts of its institutions.
WITH place AS (
  SELECT DISTINCT ON (r.code) r.code, string_to_array(r.path, '/') AS path
    FROM register.region AS r ORDER BY r.code, r.valid @> $1::date DESC, lower(r.valid) DESC
), lies AS (
  SELECT t.id, t.beds, a.region_code
    FROM register.institution AS t
    JOIN place AS p ON p.code = t.region_code
   CROSS JOIN LATERAL unnest(p.path) AS a (region_code)
   WHERE t.status = 'ACTIVE'
), whole AS (
  SELECT l.region_code, count(*)::integer AS institutions, coalesce(sum(l.beds), 0) AS beds, count(r.stars)::integer AS rated,
         ARRAY(SELECT count(s.stars)::integer FROM generate_series(1, 20) AS g (stars)
                 LEFT JOIN unnest(array_agg(r.stars)) AS s (stars) ON s.stars = g.stars GROUP BY g.stars ORDER BY g.stars) AS stars,
         coalesce(sum(w.people), 0)::integer AS people, coalesce(sum(w.carers), 0)::integer AS carers,
         coalesce(sum(w.certified), 0)::integer AS certified,
         ARRAY[coalesce(sum(w.levels[1]), 0), coalesce(sum(w.levels[2]), 0), coalesce(sum(w.levels[3]), 0), coalesce(sum(w.levels[4]), 0),
               coalesce(sum(w.levels[5]), 0), coalesce(sum(w.levels[6]), 0), coalesce(sum(w.levels[7]), 0), coalesce(sum(w.levels[8]), 0),
               coalesce(sum(w.levels[9]), 0)]::integer[] AS levels
    FROM lies AS l
    LEFT JOIN register.rating AS r ON r.institution_id = l.id
    LEFT JOIN register.workforce AS w ON w.institution_id = l.id
   GROUP BY l.region_code
), of_occupation AS (
  SELECT o.region_code, jsonb_object_agg(o.occupation, o.people) AS occupations
    FROM (SELECT l.region_code, c.occupation, sum(c.people) AS people
            FROM pg_temp.statistics_cell AS c JOIN lies AS l ON l.id = c.institution_id GROUP BY 1, 2) AS o GROUP BY 1
), of_education AS (
  SELECT o.region_code, jsonb_object_agg(o.education, o.people) AS education
    FROM (SELECT l.region_code, c.education, sum(c.people) AS people
            FROM pg_temp.statistics_cell AS c JOIN lies AS l ON l.id = c.institution_id WHERE c.first_post GROUP BY 1, 2) AS o GROUP BY 1
)
INSERT INTO register.region_statistic AS s
       (region_code, day, institutions, beds, rated, stars, people, carers, certified, levels, occupations, education)
SELECT n.region_code, $1::date, n.institutions, n.beds, n.rated, n.stars, n.people, n.carers, n.certified, n.levels,
       coalesce(o.occupations, '{}'), coalesce(e.education, '{}')
  FROM whole AS n
  LEFT JOIN of_occupation AS o USING (region_code)
  LEFT JOIN of_education AS e USING (region_code)
