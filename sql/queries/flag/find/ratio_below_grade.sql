-- The certified ratio of the rating that stands against what the assessed grade in force requires.
INSERT INTO pg_temp.flag_found (rule, institution_id, fact_key, evidence)
SELECT 'RATIO_BELOW_GRADE', a.institution_id, concat_ws(':', a.institution_id, a.decided_on, a.grade, trunc(10 * r.certified_ratio)),
       jsonb_build_object('grade', a.grade, 'required', n.required, 'certifiedRatio', round(r.certified_ratio, 4), 'asOf', r.as_of)
  FROM (SELECT DISTINCT ON (x.institution_id) x.institution_id, x.decided_on, x.grade
          FROM register.assessment AS x
         WHERE x.valid @> $2::date AND ($3::bigint[] IS NULL OR x.institution_id = ANY ($3::bigint[]))
         ORDER BY x.institution_id, x.decided_on DESC) AS a
  JOIN (SELECT w.key::integer AS grade, w.value::numeric AS required FROM jsonb_each_text($1::text::jsonb -> 'least') AS w) AS n USING (grade)
  JOIN register.rating AS r ON r.institution_id = a.institution_id
  JOIN register.institution AS t ON t.id = a.institution_id AND t.status = 'ACTIVE'
 WHERE r.certified_ratio < n.required
