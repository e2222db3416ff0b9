-- What the source has standing in the snapshot's scope, with the line that names it; without one it ends, unless another
-- source states it.
INSERT INTO pg_temp.import_standing (row_id, subject_id, line, is_own, ends)
SELECT t.row_id, t.subject_id, t.line, t.source = $2::text,
       t.line IS NULL
         AND NOT EXISTS (SELECT FROM register.row_source AS w
                          WHERE w.entity = $1::text AND w.row_id = t.row_id AND w.states AND w.source <> $2::text)
         AND (t.source = $2::text
              OR EXISTS (SELECT FROM register.row_source AS w
                          WHERE w.entity = $1::text AND w.row_id = t.row_id AND w.source = t.source AND NOT w.states))
  FROM (
    SELECT x.row_id, x.subject_id, i.line, coalesce(s.source, s.actor) AS source
      FROM pg_temp.import_scope AS x
      JOIN register.change_set AS s ON s.id = x.standing_change
      LEFT JOIN pg_temp.import_resolved AS i ON i.existing_id = x.row_id
  ) AS t
  LEFT JOIN register.row_source AS o ON o.entity = $1::text AND o.row_id = t.row_id AND o.source = $2::text
 WHERE coalesce(o.states, t.source = $2::text)
