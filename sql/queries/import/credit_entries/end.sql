-- Removed from the list on the day of the import: the entry stays, told as ended.
UPDATE register.credit_entry AS x
   SET ended_on = greatest(register.law_today(), x.decided_on), end_kind = 'WITHDRAWN', end_reason = '来源的完整名单不再列出',
       end_document_number = NULL, change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT e.row_id, register.ordinal_base() + row_number() OVER (ORDER BY e.row_id) AS ordinal FROM pg_temp.import_ended AS e) AS n
 WHERE x.id = n.row_id
