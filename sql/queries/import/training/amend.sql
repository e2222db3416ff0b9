UPDATE register.training_record AS t
   SET level = n.level, provider = n.provider, provider_code = n.provider_code, ended_on = n.ended_on, hours = n.hours, result = n.result,
       subsidy_amount = n.subsidy_amount, subsidy_paid_on = n.subsidy_paid_on, document_number = n.document_number,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE t.id = n.existing_id
