-- Rows that name a region which has never been in the register.
WITH orphan AS (
  SELECT 'organisation' AS entity, t.id, 'region_code' AS reference, t.region_code AS target
    FROM register.organisation AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
     AND t.region_code IS NOT NULL
  UNION ALL
  SELECT 'institution' AS entity, t.id, 'region_code' AS reference, t.region_code AS target
    FROM register.institution AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
     AND t.region_code IS NOT NULL
  UNION ALL
  SELECT 'evaluation_organisation' AS entity, t.id, 'region_code' AS reference, t.region_code AS target
    FROM register.evaluation_organisation AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
     AND t.region_code IS NOT NULL
  UNION ALL
  SELECT 'elderly_population' AS entity, t.id, 'region_code' AS reference, t.region_code AS target
    FROM register.elderly_population AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
     AND t.region_code IS NOT NULL
  UNION ALL
  SELECT 'equivalence' AS entity, t.id, 'region_code' AS reference, t.region_code AS target
    FROM register.equivalence AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
     AND t.region_code IS NOT NULL
  UNION ALL
  SELECT 'skill_award' AS entity, t.id, 'region_code' AS reference, t.region_code AS target
    FROM register.skill_award AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
     AND t.region_code IS NOT NULL
  UNION ALL
  SELECT 'rating_policy' AS entity, t.id, 'region_code' AS reference, t.region_code AS target
    FROM register.rating_policy AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
     AND t.region_code IS NOT NULL
  UNION ALL
  SELECT 'region' AS entity, t.id, 'parent_code' AS reference, t.parent_code AS target
    FROM register.region AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.parent_code)
     AND t.parent_code IS NOT NULL
  UNION ALL
  SELECT 'credit_case', t.id, 'region_code', t.region_code
    FROM register.credit_case AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
  UNION ALL
  SELECT 'credit_entry', t.id, 'region_code', t.region_code
    FROM register.credit_entry AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
  UNION ALL
  SELECT 'credit_list', t.id, 'region_code', t.region_code
    FROM register.credit_list AS t
   WHERE NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = t.region_code)
)
SELECT 'reference.region' AS rule, entity || ' ' || id AS subject, reference || ' ' || target AS detail
  FROM orphan
 ORDER BY entity, id
