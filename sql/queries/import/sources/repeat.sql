-- What the source is already recorded to say of a row is no later statement: it prevails by a higher precedence alone.
WITH repeated AS (
  UPDATE pg_temp.import_disputed AS d SET prevails = false
    FROM register.quality_note AS n
   WHERE d.prevails AND NOT d.outranks AND n.entity = d.entity AND n.row_id = d.row_id AND n.other_source = $1::text
     AND n.content = d.stated AND n.named_person_id IS NOT DISTINCT FROM coalesce(d.stated_person_id, d.person_id)
  RETURNING d.line, d.entity
)
UPDATE pg_temp.import_contested AS c SET prevails = false FROM repeated AS r WHERE r.line = c.line AND r.entity = c.entity
