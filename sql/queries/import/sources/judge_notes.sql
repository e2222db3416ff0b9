-- What each source says of a disputed row otherwise than the register will: notes to open, to amend, or (no fields) to end.
INSERT INTO pg_temp.import_notes (line, note_id, rule, entity, row_id, code, institution_id, person_id, region_code,
                                  named_person_id, prevailing_source, other_source, content, fields)
SELECT d.line, n.id, CASE WHEN d.held AND t.source = $1::text THEN 'STATUS_NOT_CLEARED' ELSE 'SOURCES_CONTRADICT' END,
       d.entity, d.row_id, d.code, d.institution_id, d.person_id, d.region_code, t.person_id,
       CASE WHEN d.prevails THEN $1::text ELSE d.sources[1] END, t.source, t.content,
       ARRAY(SELECT key FROM jsonb_each(t.content) AS a
               FULL JOIN jsonb_each(CASE WHEN d.prevails THEN d.stated ELSE d.standing END) AS b USING (key)
              WHERE a.value IS DISTINCT FROM b.value ORDER BY key)
  FROM pg_temp.import_disputed AS d
 CROSS JOIN LATERAL (
   SELECT s.source, d.standing AS content, d.person_id FROM unnest(d.sources) AS s (source) WHERE d.prevails
   UNION ALL
   SELECT $1::text, d.stated, coalesce(d.stated_person_id, d.person_id) WHERE NOT d.prevails
   UNION ALL
   SELECT o.other_source, o.content, o.named_person_id FROM register.quality_note AS o
    WHERE d.prevails AND o.entity = d.entity AND o.row_id = d.row_id AND o.other_source <> $1::text
 ) AS t
  LEFT JOIN register.quality_note AS n ON n.entity = d.entity AND n.row_id = d.row_id AND n.other_source = t.source
