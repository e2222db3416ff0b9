CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, p.id AS person_id, NULL::bigint AS former_person_id, o.code IS NOT NULL AS occupation_known,
       CASE WHEN s.level = 0 THEN s.programme ELSE '' END AS paid_for,
       t.id AS existing_id, t.change_id AS standing_change,
       t.id IS NOT NULL
         AND (t.level, t.provider, t.provider_code, t.ended_on, t.hours, t.result, t.subsidy_amount, t.subsidy_paid_on, t.document_number)
             IS DISTINCT FROM
             (s.level, s.provider, s.provider_code, s.ended_on, s.hours, s.result, s.subsidy_amount, s.subsidy_paid_on, s.document_number)
         AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
  LEFT JOIN register.occupation AS o ON o.code = s.occupation
  LEFT JOIN register.training_record AS t
    ON t.person_id = p.id AND t.occupation = s.occupation AND t.programme = s.programme AND t.started_on = s.started_on
