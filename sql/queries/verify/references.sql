-- Rows that point at what does not exist: current rows at current ones, history at anything ever recorded.
WITH orphan AS (
  SELECT 'institution' AS entity, t.id, 'organisation_id' AS reference, t.organisation_id AS target
    FROM register.institution AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'institution_history', t.id, 'organisation_id', t.organisation_id
    FROM register.institution_history AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND NOT EXISTS (SELECT FROM register.organisation_history AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'employment' AS entity, t.id, 'institution_id' AS reference, t.institution_id AS target
    FROM register.employment AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'employment_history', t.id, 'institution_id', t.institution_id
    FROM register.employment_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'employment' AS entity, t.id, 'person_id' AS reference, t.person_id AS target
    FROM register.employment AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'employment_history', t.id, 'person_id', t.person_id
    FROM register.employment_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'employment' AS entity, t.id, 'dispatched_by' AS reference, t.dispatched_by AS target
    FROM register.employment AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.dispatched_by)
     AND t.dispatched_by IS NOT NULL
  UNION ALL
  SELECT 'employment_history', t.id, 'dispatched_by', t.dispatched_by
    FROM register.employment_history AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.dispatched_by)
     AND NOT EXISTS (SELECT FROM register.organisation_history AS r WHERE r.id = t.dispatched_by)
     AND t.dispatched_by IS NOT NULL
  UNION ALL
  SELECT 'evaluation_organisation' AS entity, t.id, 'organisation_id' AS reference, t.organisation_id AS target
    FROM register.evaluation_organisation AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'evaluation_organisation_history', t.id, 'organisation_id', t.organisation_id
    FROM register.evaluation_organisation_history AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND NOT EXISTS (SELECT FROM register.organisation_history AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'accreditation' AS entity, t.id, 'evaluation_organisation_id' AS reference, t.evaluation_organisation_id AS target
    FROM register.accreditation AS t
   WHERE NOT EXISTS (SELECT FROM register.evaluation_organisation AS r WHERE r.id = t.evaluation_organisation_id)
     AND t.evaluation_organisation_id IS NOT NULL
  UNION ALL
  SELECT 'accreditation_history', t.id, 'evaluation_organisation_id', t.evaluation_organisation_id
    FROM register.accreditation_history AS t
   WHERE NOT EXISTS (SELECT FROM register.evaluation_organisation AS r WHERE r.id = t.evaluation_organisation_id)
     AND NOT EXISTS (SELECT FROM register.evaluation_organisation_history AS r WHERE r.id = t.evaluation_organisation_id)
     AND t.evaluation_organisation_id IS NOT NULL
  UNION ALL
  SELECT 'certificate' AS entity, t.id, 'person_id' AS reference, t.person_id AS target
    FROM register.certificate AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'certificate_history', t.id, 'person_id', t.person_id
    FROM register.certificate_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'certificate' AS entity, t.id, 'evaluation_organisation_id' AS reference, t.evaluation_organisation_id AS target
    FROM register.certificate AS t
   WHERE NOT EXISTS (SELECT FROM register.evaluation_organisation AS r WHERE r.id = t.evaluation_organisation_id)
     AND t.evaluation_organisation_id IS NOT NULL
  UNION ALL
  SELECT 'certificate_history', t.id, 'evaluation_organisation_id', t.evaluation_organisation_id
    FROM register.certificate_history AS t
   WHERE NOT EXISTS (SELECT FROM register.evaluation_organisation AS r WHERE r.id = t.evaluation_organisation_id)
     AND NOT EXISTS (SELECT FROM register.evaluation_organisation_history AS r WHERE r.id = t.evaluation_organisation_id)
     AND t.evaluation_organisation_id IS NOT NULL
  UNION ALL
  SELECT 'certificate_status' AS entity, t.id, 'certificate_id' AS reference, t.certificate_id AS target
    FROM register.certificate_status AS t
   WHERE NOT EXISTS (SELECT FROM register.certificate AS r WHERE r.id = t.certificate_id)
     AND t.certificate_id IS NOT NULL
  UNION ALL
  SELECT 'certificate_status_history', t.id, 'certificate_id', t.certificate_id
    FROM register.certificate_status_history AS t
   WHERE NOT EXISTS (SELECT FROM register.certificate AS r WHERE r.id = t.certificate_id)
     AND NOT EXISTS (SELECT FROM register.certificate_history AS r WHERE r.id = t.certificate_id)
     AND t.certificate_id IS NOT NULL
  UNION ALL
  SELECT 'training_record' AS entity, t.id, 'person_id' AS reference, t.person_id AS target
    FROM register.training_record AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'training_record_history', t.id, 'person_id', t.person_id
    FROM register.training_record_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'skill_award' AS entity, t.id, 'person_id' AS reference, t.person_id AS target
    FROM register.skill_award AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'skill_award_history', t.id, 'person_id', t.person_id
    FROM register.skill_award_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'skill_award' AS entity, t.id, 'certificate_id' AS reference, t.certificate_id AS target
    FROM register.skill_award AS t
   WHERE NOT EXISTS (SELECT FROM register.certificate AS r WHERE r.id = t.certificate_id)
     AND t.certificate_id IS NOT NULL
  UNION ALL
  SELECT 'skill_award_history', t.id, 'certificate_id', t.certificate_id
    FROM register.skill_award_history AS t
   WHERE NOT EXISTS (SELECT FROM register.certificate AS r WHERE r.id = t.certificate_id)
     AND NOT EXISTS (SELECT FROM register.certificate_history AS r WHERE r.id = t.certificate_id)
     AND t.certificate_id IS NOT NULL
  UNION ALL
  SELECT 'wage_band' AS entity, t.id, 'institution_id' AS reference, t.institution_id AS target
    FROM register.wage_band AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'wage_band_history', t.id, 'institution_id', t.institution_id
    FROM register.wage_band_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'resident_count' AS entity, t.id, 'institution_id' AS reference, t.institution_id AS target
    FROM register.resident_count AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'resident_count_history', t.id, 'institution_id', t.institution_id
    FROM register.resident_count_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'assessment' AS entity, t.id, 'institution_id' AS reference, t.institution_id AS target
    FROM register.assessment AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'assessment_history', t.id, 'institution_id', t.institution_id
    FROM register.assessment_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'measure_value' AS entity, t.id, 'institution_id' AS reference, t.institution_id AS target
    FROM register.measure_value AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'measure_value_history', t.id, 'institution_id', t.institution_id
    FROM register.measure_value_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'quality_note' AS entity, t.id, 'institution_id' AS reference, t.institution_id AS target
    FROM register.quality_note AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'quality_note_history', t.id, 'institution_id', t.institution_id
    FROM register.quality_note_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'quality_note' AS entity, t.id, 'named_person_id' AS reference, t.named_person_id AS target
    FROM register.quality_note AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.named_person_id)
     AND t.named_person_id IS NOT NULL
  UNION ALL
  SELECT 'quality_note_history', t.id, 'named_person_id', t.named_person_id
    FROM register.quality_note_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.named_person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.named_person_id)
     AND t.named_person_id IS NOT NULL
  UNION ALL
  SELECT 'quality_note' AS entity, t.id, 'person_id' AS reference, t.person_id AS target
    FROM register.quality_note AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'quality_note_history', t.id, 'person_id', t.person_id
    FROM register.quality_note_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'rating' AS entity, t.id, 'institution_id' AS reference, t.institution_id AS target
    FROM register.rating AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'rating_history', t.id, 'institution_id', t.institution_id
    FROM register.rating_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'rating' AS entity, t.id, 'policy_id' AS reference, t.policy_id AS target
    FROM register.rating AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_policy AS r WHERE r.id = t.policy_id)
     AND t.policy_id IS NOT NULL
  UNION ALL
  SELECT 'rating_history', t.id, 'policy_id', t.policy_id
    FROM register.rating_history AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_policy AS r WHERE r.id = t.policy_id)
     AND NOT EXISTS (SELECT FROM register.rating_policy_history AS r WHERE r.id = t.policy_id)
     AND t.policy_id IS NOT NULL
  UNION ALL
  SELECT 'rating', t.id, 'run_id', t.run_id
    FROM register.rating AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_run AS r WHERE r.id = t.run_id)
     AND t.run_id IS NOT NULL
  UNION ALL
  SELECT 'rating', t.id, 'weights_run_id', t.weights_run_id
    FROM register.rating AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_run AS r WHERE r.id = t.weights_run_id)
     AND t.weights_run_id IS NOT NULL
  UNION ALL
  SELECT 'rating_run', t.id, 'change_id', t.change_id
    FROM register.rating_run AS t
   WHERE NOT EXISTS (SELECT FROM register.change_set AS r WHERE r.id = t.change_id)
     AND t.change_id IS NOT NULL
  UNION ALL
  SELECT 'rating_run_policy', t.run_id, 'run_id', t.run_id
    FROM register.rating_run_policy AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_run AS r WHERE r.id = t.run_id)
     AND t.run_id IS NOT NULL
  UNION ALL
  SELECT 'rating_run_policy', t.run_id, 'policy_id', t.policy_id
    FROM register.rating_run_policy AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_policy AS r WHERE r.id = t.policy_id)
     AND t.policy_id IS NOT NULL
  UNION ALL
  SELECT 'rating_run_policy', t.run_id, 'weights_run_id', t.weights_run_id
    FROM register.rating_run_policy AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_run AS r WHERE r.id = t.weights_run_id)
     AND t.weights_run_id IS NOT NULL
  UNION ALL
  SELECT 'import_batch', t.id, 'change_id', t.change_id
    FROM register.import_batch AS t
   WHERE NOT EXISTS (SELECT FROM register.change_set AS r WHERE r.id = t.change_id)
     AND t.change_id IS NOT NULL
  UNION ALL
  SELECT 'rating_rank_block', t.run_id, 'run_id', t.run_id
    FROM register.rating_rank_block AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_run AS r WHERE r.id = t.run_id)
  UNION ALL
  SELECT 'rating_rank_block', t.run_id, 'policy_id', t.policy_id
    FROM register.rating_rank_block AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_policy AS r WHERE r.id = t.policy_id)
  UNION ALL
  SELECT 'complaint', t.id, 'flag_id', t.flag_id
    FROM register.complaint AS t
   WHERE NOT EXISTS (SELECT FROM register.flag AS r WHERE r.id = t.flag_id)
  UNION ALL
  SELECT 'complaint', t.id, 'institution_id', t.institution_id
    FROM register.complaint AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
  UNION ALL
  SELECT 'credit_case', t.id, 'organisation_id', t.organisation_id
    FROM register.credit_case AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'credit_case_history', t.id, 'organisation_id', t.organisation_id
    FROM register.credit_case_history AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND NOT EXISTS (SELECT FROM register.organisation_history AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'credit_case', t.id, 'institution_id', t.institution_id
    FROM register.credit_case AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'credit_case_history', t.id, 'institution_id', t.institution_id
    FROM register.credit_case_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'credit_case', t.id, 'person_id', t.person_id
    FROM register.credit_case AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'credit_case_history', t.id, 'person_id', t.person_id
    FROM register.credit_case_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry', t.id, 'organisation_id', t.organisation_id
    FROM register.credit_entry AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry_history', t.id, 'organisation_id', t.organisation_id
    FROM register.credit_entry_history AS t
   WHERE NOT EXISTS (SELECT FROM register.organisation AS r WHERE r.id = t.organisation_id)
     AND NOT EXISTS (SELECT FROM register.organisation_history AS r WHERE r.id = t.organisation_id)
     AND t.organisation_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry', t.id, 'institution_id', t.institution_id
    FROM register.credit_entry AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry_history', t.id, 'institution_id', t.institution_id
    FROM register.credit_entry_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry', t.id, 'person_id', t.person_id
    FROM register.credit_entry AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry_history', t.id, 'person_id', t.person_id
    FROM register.credit_entry_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry', t.id, 'case_id', t.case_id
    FROM register.credit_entry AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_case AS r WHERE r.id = t.case_id)
     AND t.case_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry_history', t.id, 'case_id', t.case_id
    FROM register.credit_entry_history AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_case AS r WHERE r.id = t.case_id)
     AND NOT EXISTS (SELECT FROM register.credit_case_history AS r WHERE r.id = t.case_id)
     AND t.case_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry', t.id, 'original_id', t.original_id
    FROM register.credit_entry AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_entry AS r WHERE r.id = t.original_id)
     AND t.original_id IS NOT NULL
  UNION ALL
  SELECT 'credit_entry_history', t.id, 'original_id', t.original_id
    FROM register.credit_entry_history AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_entry AS r WHERE r.id = t.original_id)
     AND NOT EXISTS (SELECT FROM register.credit_entry_history AS r WHERE r.id = t.original_id)
     AND t.original_id IS NOT NULL
  UNION ALL
  SELECT 'case_step', t.id, 'case_id', t.case_id
    FROM register.case_step AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_case AS r WHERE r.id = t.case_id)
     AND t.case_id IS NOT NULL
  UNION ALL
  SELECT 'case_step_history', t.id, 'case_id', t.case_id
    FROM register.case_step_history AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_case AS r WHERE r.id = t.case_id)
     AND NOT EXISTS (SELECT FROM register.credit_case_history AS r WHERE r.id = t.case_id)
     AND t.case_id IS NOT NULL
  UNION ALL
  SELECT 'entry_step', t.id, 'entry_id', t.entry_id
    FROM register.entry_step AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_entry AS r WHERE r.id = t.entry_id)
     AND t.entry_id IS NOT NULL
  UNION ALL
  SELECT 'entry_step_history', t.id, 'entry_id', t.entry_id
    FROM register.entry_step_history AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_entry AS r WHERE r.id = t.entry_id)
     AND NOT EXISTS (SELECT FROM register.credit_entry_history AS r WHERE r.id = t.entry_id)
     AND t.entry_id IS NOT NULL
  UNION ALL
  SELECT 'flag', t.id, 'institution_id', t.institution_id
    FROM register.flag AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'flag_history', t.id, 'institution_id', t.institution_id
    FROM register.flag_history AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
     AND NOT EXISTS (SELECT FROM register.institution_history AS r WHERE r.id = t.institution_id)
     AND t.institution_id IS NOT NULL
  UNION ALL
  SELECT 'flag', t.id, 'person_id', t.person_id
    FROM register.flag AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'flag_history', t.id, 'person_id', t.person_id
    FROM register.flag_history AS t
   WHERE NOT EXISTS (SELECT FROM register.person AS r WHERE r.id = t.person_id)
     AND NOT EXISTS (SELECT FROM register.person_history AS r WHERE r.id = t.person_id)
     AND t.person_id IS NOT NULL
  UNION ALL
  SELECT 'flag', t.id, 'case_id', t.case_id
    FROM register.flag AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_case AS r WHERE r.id = t.case_id)
     AND t.case_id IS NOT NULL
  UNION ALL
  SELECT 'flag_history', t.id, 'case_id', t.case_id
    FROM register.flag_history AS t
   WHERE NOT EXISTS (SELECT FROM register.credit_case AS r WHERE r.id = t.case_id)
     AND NOT EXISTS (SELECT FROM register.credit_case_history AS r WHERE r.id = t.case_id)
     AND t.case_id IS NOT NULL
  UNION ALL
  SELECT 'credit_cap', t.place, 'policy_id', t.policy_id
    FROM register.credit_cap AS t
   WHERE NOT EXISTS (SELECT FROM register.rating_policy AS r WHERE r.id = t.policy_id)
  UNION ALL
  SELECT 'workforce', t.institution_id, 'institution_id', t.institution_id
    FROM register.workforce AS t
   WHERE NOT EXISTS (SELECT FROM register.institution AS r WHERE r.id = t.institution_id)
  UNION ALL
  SELECT 'client_document', ('x' || left(t.sha256, 15))::bit(60)::bigint, 'client', hashtext(t.client)
    FROM register.client_document AS t
   WHERE NOT EXISTS (SELECT FROM register.document_client AS r WHERE r.name = t.client)
)
SELECT 'reference.orphan' AS rule, entity || ' ' || id AS subject, reference || ' ' || target AS detail
  FROM orphan
 ORDER BY entity, id
