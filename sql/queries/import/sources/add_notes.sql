INSERT INTO register.quality_note (rule, entity, row_id, code, institution_id, person_id, region_code, named_person_id,
                                   prevailing_source, other_source, content, fields, change_id, ordinal)
SELECT x.rule, x.entity, x.row_id, x.code, x.institution_id, x.person_id, x.region_code, x.named_person_id,
       x.prevailing_source, x.other_source, x.content, x.fields,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY x.line, x.entity, x.other_source)
  FROM pg_temp.import_notes AS x
 WHERE x.note_id IS NULL AND x.fields <> '{}'
 ORDER BY x.line, x.entity, x.other_source
