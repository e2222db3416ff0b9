-- Change sets whose rows are not numbered 1 to n, once each, n being the count that the change set states.
-- A superseded version counts under the change that ended it only where no newer version of it does.
WITH touched AS (
  SELECT change_id, ordinal FROM register.region
  UNION ALL
  SELECT change_id, ordinal FROM register.region_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.region_history AS h
   WHERE NOT EXISTS (SELECT FROM register.region AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.region_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.organisation
  UNION ALL
  SELECT change_id, ordinal FROM register.organisation_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.organisation_history AS h
   WHERE NOT EXISTS (SELECT FROM register.organisation AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.organisation_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.institution
  UNION ALL
  SELECT change_id, ordinal FROM register.institution_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.institution_history AS h
   WHERE NOT EXISTS (SELECT FROM register.institution AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.institution_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.person
  UNION ALL
  SELECT change_id, ordinal FROM register.person_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.person_history AS h
   WHERE NOT EXISTS (SELECT FROM register.person AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.person_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.wage_band
  UNION ALL
  SELECT change_id, ordinal FROM register.wage_band_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.wage_band_history AS h
   WHERE NOT EXISTS (SELECT FROM register.wage_band AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.wage_band_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.elderly_population
  UNION ALL
  SELECT change_id, ordinal FROM register.elderly_population_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.elderly_population_history AS h
   WHERE NOT EXISTS (SELECT FROM register.elderly_population AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.elderly_population_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.equivalence
  UNION ALL
  SELECT change_id, ordinal FROM register.equivalence_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.equivalence_history AS h
   WHERE NOT EXISTS (SELECT FROM register.equivalence AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.equivalence_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.training_record
  UNION ALL
  SELECT change_id, ordinal FROM register.training_record_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.training_record_history AS h
   WHERE NOT EXISTS (SELECT FROM register.training_record AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.training_record_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.skill_award
  UNION ALL
  SELECT change_id, ordinal FROM register.skill_award_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.skill_award_history AS h
   WHERE NOT EXISTS (SELECT FROM register.skill_award AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.skill_award_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.employment
  UNION ALL
  SELECT change_id, ordinal FROM register.employment_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.employment_history AS h
   WHERE NOT EXISTS (SELECT FROM register.employment AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.employment_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.evaluation_organisation
  UNION ALL
  SELECT change_id, ordinal FROM register.evaluation_organisation_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.evaluation_organisation_history AS h
   WHERE NOT EXISTS (SELECT FROM register.evaluation_organisation AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.evaluation_organisation_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.accreditation
  UNION ALL
  SELECT change_id, ordinal FROM register.accreditation_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.accreditation_history AS h
   WHERE NOT EXISTS (SELECT FROM register.accreditation AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.accreditation_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.certificate
  UNION ALL
  SELECT change_id, ordinal FROM register.certificate_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.certificate_history AS h
   WHERE NOT EXISTS (SELECT FROM register.certificate AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.certificate_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.certificate_status
  UNION ALL
  SELECT change_id, ordinal FROM register.certificate_status_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.certificate_status_history AS h
   WHERE NOT EXISTS (SELECT FROM register.certificate_status AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.certificate_status_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.resident_count
  UNION ALL
  SELECT change_id, ordinal FROM register.resident_count_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.resident_count_history AS h
   WHERE NOT EXISTS (SELECT FROM register.resident_count AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.resident_count_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.assessment
  UNION ALL
  SELECT change_id, ordinal FROM register.assessment_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.assessment_history AS h
   WHERE NOT EXISTS (SELECT FROM register.assessment AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.assessment_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.measure_value
  UNION ALL
  SELECT change_id, ordinal FROM register.measure_value_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.measure_value_history AS h
   WHERE NOT EXISTS (SELECT FROM register.measure_value AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.measure_value_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.import_rule
  UNION ALL
  SELECT change_id, ordinal FROM register.import_rule_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.import_rule_history AS h
   WHERE NOT EXISTS (SELECT FROM register.import_rule AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.import_rule_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.quality_note
  UNION ALL
  SELECT change_id, ordinal FROM register.quality_note_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.quality_note_history AS h
   WHERE NOT EXISTS (SELECT FROM register.quality_note AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.quality_note_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.rating_policy
  UNION ALL
  SELECT change_id, ordinal FROM register.rating_policy_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.rating_policy_history AS h
   WHERE NOT EXISTS (SELECT FROM register.rating_policy AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.rating_policy_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.rating
  UNION ALL
  SELECT change_id, ordinal FROM register.rating_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.rating_history AS h
   WHERE NOT EXISTS (SELECT FROM register.rating AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.rating_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.credit_case
  UNION ALL
  SELECT change_id, ordinal FROM register.credit_case_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.credit_case_history AS h
   WHERE NOT EXISTS (SELECT FROM register.credit_case AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.credit_case_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.credit_entry
  UNION ALL
  SELECT change_id, ordinal FROM register.credit_entry_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.credit_entry_history AS h
   WHERE NOT EXISTS (SELECT FROM register.credit_entry AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.credit_entry_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.case_step
  UNION ALL
  SELECT change_id, ordinal FROM register.case_step_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.case_step_history AS h
   WHERE NOT EXISTS (SELECT FROM register.case_step AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.case_step_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.entry_step
  UNION ALL
  SELECT change_id, ordinal FROM register.entry_step_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.entry_step_history AS h
   WHERE NOT EXISTS (SELECT FROM register.entry_step AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.entry_step_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
  UNION ALL
  SELECT change_id, ordinal FROM register.flag
  UNION ALL
  SELECT change_id, ordinal FROM register.flag_history
  UNION ALL
  SELECT h.ended_by, h.ended_ordinal FROM register.flag_history AS h
   WHERE NOT EXISTS (SELECT FROM register.flag AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
     AND NOT EXISTS (SELECT FROM register.flag_history AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
), counted AS (
  SELECT change_id, count(*) AS entities, count(DISTINCT ordinal) AS ordinals, min(ordinal) AS lowest, max(ordinal) AS highest
    FROM touched
   GROUP BY change_id
)
SELECT 'change-set.ordinals' AS rule,
       'change set ' || s.position AS subject,
       'states ' || s.changes || ' changes, has ' || coalesce(c.entities, 0) || ' numbered '
         || coalesce(c.lowest, 0) || ' to ' || coalesce(c.highest, 0) AS detail
  FROM register.change_set AS s
  LEFT JOIN counted AS c ON c.change_id = s.id
 WHERE (coalesce(c.entities, 0), coalesce(c.ordinals, 0), coalesce(c.highest, 0)) IS DISTINCT FROM (s.changes, s.changes, s.changes)
    OR c.lowest <> 1
 ORDER BY s.position
