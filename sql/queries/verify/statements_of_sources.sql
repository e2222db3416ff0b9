-- Notes and statements of sources about rows that do not stand.
WITH standing AS (
  SELECT 'REGION' AS entity, id FROM register.region
  UNION ALL
  SELECT 'ORGANISATION' AS entity, id FROM register.organisation
  UNION ALL
  SELECT 'INSTITUTION' AS entity, id FROM register.institution
  UNION ALL
  SELECT 'PERSON' AS entity, id FROM register.person
  UNION ALL
  SELECT 'EMPLOYMENT' AS entity, id FROM register.employment
  UNION ALL
  SELECT 'EVALUATION_ORGANISATION' AS entity, id FROM register.evaluation_organisation
  UNION ALL
  SELECT 'ACCREDITATION' AS entity, id FROM register.accreditation
  UNION ALL
  SELECT 'CERTIFICATE' AS entity, id FROM register.certificate
  UNION ALL
  SELECT 'CERTIFICATE_STATUS' AS entity, id FROM register.certificate_status
  UNION ALL
  SELECT 'RESIDENT_COUNT' AS entity, id FROM register.resident_count
  UNION ALL
  SELECT 'ASSESSMENT' AS entity, id FROM register.assessment
  UNION ALL
  SELECT 'MEASURE' AS entity, id FROM register.measure_value
  UNION ALL
  SELECT 'TRAINING' AS entity, id FROM register.training_record
  UNION ALL
  SELECT 'AWARD' AS entity, id FROM register.skill_award
  UNION ALL
  SELECT 'POPULATION' AS entity, id FROM register.elderly_population
  UNION ALL
  SELECT 'WAGE_BAND' AS entity, id FROM register.wage_band
  UNION ALL
  SELECT 'CREDIT_ENTRY' AS entity, id FROM register.credit_entry
  UNION ALL
  SELECT 'EQUIVALENCE' AS entity, id FROM register.equivalence
  UNION ALL
  SELECT 'IMPORT_RULE' AS entity, id FROM register.import_rule
)
SELECT 'reference.orphan' AS rule, 'quality_note ' || n.id AS subject, n.entity || ' ' || n.row_id AS detail
  FROM register.quality_note AS n
 WHERE NOT EXISTS (SELECT FROM standing AS s WHERE s.entity = n.entity AND s.id = n.row_id)
UNION ALL
SELECT 'reference.orphan', 'row_source ' || w.entity || ' ' || w.row_id, 'source ' || w.source
  FROM register.row_source AS w
 WHERE NOT EXISTS (SELECT FROM standing AS s WHERE s.entity = w.entity AND s.id = w.row_id)
 ORDER BY subject
