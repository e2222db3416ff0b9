-- What was found and is no flag yet, in the region where the institution lies; numbers of people masked, as they are told everywhere.
INSERT INTO register.flag (rule, severity, institution_id, person_id, region_code, fact_key, evidence, raised_on, raised_by, change_id, ordinal)
SELECT n.rule, n.severity, n.institution_id, n.person_id, n.region_code, n.fact_key,
       n.evidence || CASE WHEN n.person_id IS NULL THEN '{}' ELSE (SELECT jsonb_build_object('numberMask', q.number_mask) FROM register.person AS q WHERE q.id = n.person_id) END,
       $1::date, $2::text, register.current_change(),
       register.ordinal_base() + row_number() OVER (ORDER BY n.rule, n.institution_id, n.fact_key)
  FROM (SELECT DISTINCT ON (f.rule, f.fact_key) f.rule, r.severity, f.institution_id, f.person_id, t.region_code, f.fact_key,
               f.evidence || jsonb_build_object('day', $1::date) AS evidence
          FROM pg_temp.flag_found AS f
          JOIN register.flag_rule AS r ON r.code = f.rule AND r.effective @> $1::date
          JOIN register.institution AS t ON t.id = f.institution_id
         WHERE NOT EXISTS (SELECT FROM register.flag AS x WHERE x.rule = f.rule AND x.fact_key = f.fact_key)
         ORDER BY f.rule, f.fact_key) AS n
