-- Notes on rows that end, and what the source said otherwise of rows that it does not name any more.
DELETE FROM register.quality_note AS n
 WHERE n.entity = $1::text
   AND (n.row_id IN (SELECT x.row_id FROM pg_temp.import_ended AS x)
        OR n.other_source = $2::text AND n.row_id IN (SELECT x.row_id FROM pg_temp.import_scope AS x)
           AND NOT EXISTS (SELECT FROM pg_temp.import_resolved AS i WHERE i.existing_id = n.row_id))
