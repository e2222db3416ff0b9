-- Current rows that share a natural key, or an overlapping period under one.
WITH doubled AS (
  SELECT 'organisation' AS entity, min(id) AS id, count(*) AS rows FROM register.organisation
   GROUP BY code HAVING count(*) > 1
  UNION ALL
  SELECT 'institution' AS entity, min(id) AS id, count(*) AS rows FROM register.institution
   GROUP BY code HAVING count(*) > 1
  UNION ALL
  SELECT 'person' AS entity, min(id) AS id, count(*) AS rows FROM register.person WHERE number_hash IS NOT NULL
   GROUP BY number_hash HAVING count(*) > 1
  UNION ALL
  SELECT 'evaluation_organisation' AS entity, min(id) AS id, count(*) AS rows FROM register.evaluation_organisation
   GROUP BY code HAVING count(*) > 1
  UNION ALL
  SELECT 'certificate' AS entity, min(id) AS id, count(*) AS rows FROM register.certificate
   GROUP BY number, kind HAVING count(*) > 1
  UNION ALL
  SELECT 'certificate_status' AS entity, min(id) AS id, count(*) AS rows FROM register.certificate_status
   GROUP BY certificate_id, effective_from HAVING count(*) > 1
  UNION ALL
  SELECT 'elderly_population' AS entity, min(id) AS id, count(*) AS rows FROM register.elderly_population
   GROUP BY region_code, day_from HAVING count(*) > 1
  UNION ALL
  SELECT 'wage_band' AS entity, min(id) AS id, count(*) AS rows FROM register.wage_band
   GROUP BY institution_id, occupation, level, surveyed_on, from_yuan HAVING count(*) > 1
  UNION ALL
  SELECT 'resident_count' AS entity, min(id) AS id, count(*) AS rows FROM register.resident_count
   GROUP BY institution_id, ability_class, day_from HAVING count(*) > 1
  UNION ALL
  SELECT 'assessment' AS entity, min(id) AS id, count(*) AS rows FROM register.assessment
   GROUP BY institution_id, decided_on HAVING count(*) > 1
  UNION ALL
  SELECT 'measure_value' AS entity, min(id) AS id, count(*) AS rows FROM register.measure_value
   GROUP BY institution_id, measure_code, day HAVING count(*) > 1
  UNION ALL
  SELECT 'training_record' AS entity, min(id) AS id, count(*) AS rows FROM register.training_record
   GROUP BY person_id, occupation, programme, started_on HAVING count(*) > 1
  UNION ALL
  SELECT 'training_record' AS entity, min(id) AS id, count(*) AS rows FROM register.training_record
   WHERE subsidy_amount IS NOT NULL
   GROUP BY person_id, occupation, level, CASE WHEN level = 0 THEN programme END HAVING count(*) > 1
  UNION ALL
  SELECT 'skill_award' AS entity, min(id) AS id, count(*) AS rows FROM register.skill_award
   GROUP BY person_id, level HAVING count(*) > 1
  UNION ALL
  SELECT 'quality_note' AS entity, min(id) AS id, count(*) AS rows FROM register.quality_note
   GROUP BY entity, row_id, other_source HAVING count(*) > 1
  UNION ALL
  SELECT 'import_rule', a.id, 2 FROM register.import_rule AS a JOIN register.import_rule AS b
      ON a.rule = b.rule AND a.kind = b.kind AND a.source = b.source AND a.id < b.id AND a.effective && b.effective
  UNION ALL
  SELECT 'rating_policy' AS entity, min(id) AS id, count(*) AS rows FROM register.rating_policy
   GROUP BY code, version HAVING count(*) > 1
  UNION ALL
  SELECT 'rating' AS entity, min(id) AS id, count(*) AS rows FROM register.rating
   GROUP BY institution_id HAVING count(*) > 1
  UNION ALL
  SELECT 'region', a.id, 2 FROM register.region AS a JOIN register.region AS b
      ON a.code = b.code AND a.id < b.id AND a.valid && b.valid
  UNION ALL
  SELECT 'accreditation', a.id, 2 FROM register.accreditation AS a JOIN register.accreditation AS b
      ON a.evaluation_organisation_id = b.evaluation_organisation_id AND a.id < b.id AND a.accredited && b.accredited
  UNION ALL
  SELECT 'equivalence', a.id, 2 FROM register.equivalence AS a JOIN register.equivalence AS b
      ON a.region_code = b.region_code AND a.from_ladder = b.from_ladder AND a.from_rung = b.from_rung AND a.to_ladder = b.to_ladder
         AND a.id < b.id AND a.effective && b.effective
  UNION ALL
  SELECT 'employment', a.id, 2 FROM register.employment AS a JOIN register.employment AS b
      ON a.institution_id = b.institution_id AND a.person_id = b.person_id AND a.occupation = b.occupation AND a.id < b.id AND a.worked && b.worked
)
SELECT 'entity.doubled' AS rule, entity || ' ' || id AS subject, rows || ' current rows of one key' AS detail
  FROM doubled
 ORDER BY entity, id
