INSERT INTO register.training_record (person_id, occupation, programme, level, provider, provider_code, started_on, ended_on, hours, result,
                                      subsidy_amount, subsidy_paid_on, document_number, change_id, ordinal)
SELECT i.person_id, i.occupation, i.programme, i.level, i.provider, i.provider_code, i.started_on, i.ended_on, i.hours, i.result,
       i.subsidy_amount, i.subsidy_paid_on, i.document_number,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
