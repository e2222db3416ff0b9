-- A source has no note on a row any more where it agrees with what now stands, be it by its own word or by another's.
DELETE FROM register.quality_note AS n
 WHERE n.id IN (SELECT x.note_id FROM pg_temp.import_notes AS x WHERE x.fields = '{}')
    OR n.other_source = $1::text
       AND (n.entity, n.row_id) IN (SELECT r.entity, r.row_id FROM pg_temp.import_row AS r)
       AND NOT EXISTS (SELECT FROM pg_temp.import_contested AS c
                        WHERE c.entity = n.entity AND c.row_id = n.row_id AND NOT c.prevails)
    OR n.entity = 'CERTIFICATE_STATUS' AND NOT EXISTS (SELECT FROM register.certificate_status AS x WHERE x.id = n.row_id)
