SELECT b.rows, b.added, b.amended, b.ended, b.unchanged, b.rejected, b.contradictions, s.position
  FROM register.import_batch AS b LEFT JOIN register.change_set AS s ON s.id = b.change_id
 WHERE b.id = $1::bigint
