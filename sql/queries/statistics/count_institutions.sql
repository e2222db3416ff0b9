-- The newest count of each institution with anybody on post; rows that say what they said stay as they are but for the day.
WITH of_occupation AS (
  SELECT o.institution_id, jsonb_object_agg(o.occupation, o.people) AS occupations
    FROM (SELECT c.institution_id, c.occupation, sum(c.people) AS people FROM pg_temp.statistics_cell AS c GROUP BY 1, 2) AS o GROUP BY 1
), of_education AS (
  SELECT o.institution_id, jsonb_object_agg(o.education, o.people) AS education
    FROM (SELECT c.institution_id, c.education, sum(c.people) AS people FROM pg_temp.statistics_cell AS c WHERE c.first_post GROUP BY 1, 2) AS o GROUP BY 1
), of_levels AS (
  SELECT c.institution_id, coalesce(sum(c.people) FILTER (WHERE c.first_post), 0)::integer AS people,
         coalesce(sum(c.people) FILTER (WHERE c.occupation = 'CARER'), 0)::integer AS carers,
         coalesce(sum(c.people) FILTER (WHERE c.occupation = 'CARER' AND c.certified), 0)::integer AS certified,
         ARRAY(SELECT coalesce(sum(x.people), 0)::integer
                 FROM generate_series(0, 8) AS g (level)
                 LEFT JOIN unnest(array_agg(c.level) FILTER (WHERE c.occupation = 'CARER'), array_agg(c.people) FILTER (WHERE c.occupation = 'CARER')) AS x (level, people)
                   ON x.level = g.level
                GROUP BY g.level ORDER BY g.level) AS levels
    FROM pg_temp.statistics_cell AS c GROUP BY 1
)
MERGE INTO register.workforce AS w
USING (SELECT * FROM of_levels JOIN of_occupation USING (institution_id) JOIN of_education USING (institution_id)) AS n
   ON w.institution_id = n.institution_id
 WHEN MATCHED THEN UPDATE SET day = $1::date, people = n.people, carers = n.carers, certified = n.certified, levels = n.levels,
                              occupations = n.occupations, education = n.education
 WHEN NOT MATCHED BY TARGET THEN INSERT (institution_id, day, people, carers, certified, levels, occupations, education)
      VALUES (n.institution_id, $1::date, n.people, n.carers, n.certified, n.levels, n.occupations, n.education)
 WHEN NOT MATCHED BY SOURCE THEN DELETE
