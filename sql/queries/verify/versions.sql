-- Versions that contradict recorded time: every version stands from its change set until the one that ended it.
-- A current row without history can only lack its change set, so the others are left out.
WITH version AS (
  SELECT 'region' AS entity, t.id, t.change_id, NULL::bigint AS ended_by FROM register.region AS t
   WHERE t.id IN (SELECT h.id FROM register.region_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'region', id, change_id, ended_by FROM register.region_history
  UNION ALL
  SELECT 'organisation', t.id, t.change_id, NULL::bigint FROM register.organisation AS t
   WHERE t.id IN (SELECT h.id FROM register.organisation_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'organisation', id, change_id, ended_by FROM register.organisation_history
  UNION ALL
  SELECT 'institution', t.id, t.change_id, NULL::bigint FROM register.institution AS t
   WHERE t.id IN (SELECT h.id FROM register.institution_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'institution', id, change_id, ended_by FROM register.institution_history
  UNION ALL
  SELECT 'person', t.id, t.change_id, NULL::bigint FROM register.person AS t
   WHERE t.id IN (SELECT h.id FROM register.person_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'person', id, change_id, ended_by FROM register.person_history
  UNION ALL
  SELECT 'employment', t.id, t.change_id, NULL::bigint FROM register.employment AS t
   WHERE t.id IN (SELECT h.id FROM register.employment_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'employment', id, change_id, ended_by FROM register.employment_history
  UNION ALL
  SELECT 'evaluation_organisation', t.id, t.change_id, NULL::bigint FROM register.evaluation_organisation AS t
   WHERE t.id IN (SELECT h.id FROM register.evaluation_organisation_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'evaluation_organisation', id, change_id, ended_by FROM register.evaluation_organisation_history
  UNION ALL
  SELECT 'accreditation', t.id, t.change_id, NULL::bigint FROM register.accreditation AS t
   WHERE t.id IN (SELECT h.id FROM register.accreditation_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'accreditation', id, change_id, ended_by FROM register.accreditation_history
  UNION ALL
  SELECT 'certificate', t.id, t.change_id, NULL::bigint FROM register.certificate AS t
   WHERE t.id IN (SELECT h.id FROM register.certificate_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'certificate', id, change_id, ended_by FROM register.certificate_history
  UNION ALL
  SELECT 'certificate_status', t.id, t.change_id, NULL::bigint FROM register.certificate_status AS t
   WHERE t.id IN (SELECT h.id FROM register.certificate_status_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'certificate_status', id, change_id, ended_by FROM register.certificate_status_history
  UNION ALL
  SELECT 'resident_count', t.id, t.change_id, NULL::bigint FROM register.resident_count AS t
   WHERE t.id IN (SELECT h.id FROM register.resident_count_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'resident_count', id, change_id, ended_by FROM register.resident_count_history
  UNION ALL
  SELECT 'assessment', t.id, t.change_id, NULL::bigint FROM register.assessment AS t
   WHERE t.id IN (SELECT h.id FROM register.assessment_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'assessment', id, change_id, ended_by FROM register.assessment_history
  UNION ALL
  SELECT 'measure_value', t.id, t.change_id, NULL::bigint FROM register.measure_value AS t
   WHERE t.id IN (SELECT h.id FROM register.measure_value_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'measure_value', id, change_id, ended_by FROM register.measure_value_history
  UNION ALL
  SELECT 'wage_band', t.id, t.change_id, NULL::bigint FROM register.wage_band AS t
   WHERE t.id IN (SELECT h.id FROM register.wage_band_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'wage_band', id, change_id, ended_by FROM register.wage_band_history
  UNION ALL
  SELECT 'elderly_population', t.id, t.change_id, NULL::bigint FROM register.elderly_population AS t
   WHERE t.id IN (SELECT h.id FROM register.elderly_population_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'elderly_population', id, change_id, ended_by FROM register.elderly_population_history
  UNION ALL
  SELECT 'equivalence', t.id, t.change_id, NULL::bigint FROM register.equivalence AS t
   WHERE t.id IN (SELECT h.id FROM register.equivalence_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'equivalence', id, change_id, ended_by FROM register.equivalence_history
  UNION ALL
  SELECT 'training_record', t.id, t.change_id, NULL::bigint FROM register.training_record AS t
   WHERE t.id IN (SELECT h.id FROM register.training_record_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'training_record', id, change_id, ended_by FROM register.training_record_history
  UNION ALL
  SELECT 'skill_award', t.id, t.change_id, NULL::bigint FROM register.skill_award AS t
   WHERE t.id IN (SELECT h.id FROM register.skill_award_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'skill_award', id, change_id, ended_by FROM register.skill_award_history
  UNION ALL
  SELECT 'import_rule', t.id, t.change_id, NULL::bigint FROM register.import_rule AS t
   WHERE t.id IN (SELECT h.id FROM register.import_rule_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'import_rule', id, change_id, ended_by FROM register.import_rule_history
  UNION ALL
  SELECT 'quality_note', t.id, t.change_id, NULL::bigint FROM register.quality_note AS t
   WHERE t.id IN (SELECT h.id FROM register.quality_note_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'quality_note', id, change_id, ended_by FROM register.quality_note_history
  UNION ALL
  SELECT 'rating_policy', t.id, t.change_id, NULL::bigint FROM register.rating_policy AS t
   WHERE t.id IN (SELECT h.id FROM register.rating_policy_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'rating_policy', id, change_id, ended_by FROM register.rating_policy_history
  UNION ALL
  SELECT 'rating', t.id, t.change_id, NULL::bigint FROM register.rating AS t
   WHERE t.id IN (SELECT h.id FROM register.rating_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'rating', id, change_id, ended_by FROM register.rating_history
  UNION ALL
  SELECT 'credit_case', t.id, t.change_id, NULL::bigint FROM register.credit_case AS t
   WHERE t.id IN (SELECT h.id FROM register.credit_case_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'credit_case', id, change_id, ended_by FROM register.credit_case_history
  UNION ALL
  SELECT 'credit_entry', t.id, t.change_id, NULL::bigint FROM register.credit_entry AS t
   WHERE t.id IN (SELECT h.id FROM register.credit_entry_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'credit_entry', id, change_id, ended_by FROM register.credit_entry_history
  UNION ALL
  SELECT 'case_step', t.id, t.change_id, NULL::bigint FROM register.case_step AS t
   WHERE t.id IN (SELECT h.id FROM register.case_step_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'case_step', id, change_id, ended_by FROM register.case_step_history
  UNION ALL
  SELECT 'entry_step', t.id, t.change_id, NULL::bigint FROM register.entry_step AS t
   WHERE t.id IN (SELECT h.id FROM register.entry_step_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'entry_step', id, change_id, ended_by FROM register.entry_step_history
  UNION ALL
  SELECT 'flag', t.id, t.change_id, NULL::bigint FROM register.flag AS t
   WHERE t.id IN (SELECT h.id FROM register.flag_history AS h) OR t.change_id NOT IN (SELECT s.id FROM register.change_set AS s)
  UNION ALL
  SELECT 'flag', id, change_id, ended_by FROM register.flag_history
), placed AS (
  SELECT v.entity, v.id, v.ended_by, s.position AS recorded_from, e.position AS recorded_to,
         lead(s.position) OVER history AS next_from,
         row_number() OVER history < count(*) OVER (PARTITION BY v.entity, v.id) AS is_followed
    FROM version AS v
    LEFT JOIN register.change_set AS s ON s.id = v.change_id
    LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  WINDOW history AS (PARTITION BY v.entity, v.id ORDER BY s.position, v.ended_by IS NULL)
), judged AS (
  SELECT *,
         CASE WHEN recorded_from IS NULL THEN 'version.unknown-change'
              WHEN ended_by IS NOT NULL AND recorded_to IS NULL THEN 'version.unknown-end'
              WHEN recorded_to <= recorded_from THEN 'version.ended-before-begun'
              WHEN is_followed AND ended_by IS NULL THEN 'version.two-current'
              WHEN is_followed AND next_from < recorded_to THEN 'version.overlap'
              WHEN is_followed AND next_from > recorded_to THEN 'version.gap' END AS rule
    FROM placed
)
SELECT rule, entity || ' ' || id AS subject,
       'from ' || coalesce(recorded_from::text, '?') || ' to ' || coalesce(recorded_to::text, '-')
         || coalesce(', next from ' || next_from, '') AS detail
  FROM judged
 WHERE rule IS NOT NULL
 ORDER BY entity, id, recorded_from
