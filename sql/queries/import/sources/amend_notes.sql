UPDATE register.quality_note AS n
   SET rule = x.rule, prevailing_source = x.prevailing_source, content = x.content, fields = x.fields,
       named_person_id = x.named_person_id,
       change_id = register.current_change(), ordinal = x.ordinal
  FROM (SELECT x.*, register.ordinal_base() + row_number() OVER (ORDER BY x.line, x.note_id) AS ordinal
          FROM pg_temp.import_notes AS x
          JOIN register.quality_note AS o ON o.id = x.note_id
         WHERE x.fields <> '{}'
           AND (o.rule, o.prevailing_source, o.content, o.fields) IS DISTINCT FROM (x.rule, x.prevailing_source, x.content, x.fields)
       ) AS x
 WHERE n.id = x.note_id
