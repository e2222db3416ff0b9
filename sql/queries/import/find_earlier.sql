-- The newest import of the same bytes as the same kind and source.
SELECT b.imported_at, s.position
  FROM register.import_batch AS b
  LEFT JOIN register.change_set AS s ON s.id = b.change_id
 WHERE b.kind = $1::text AND b.source = $2::text AND b.file_sha256 = $3::bytea
 ORDER BY b.change_id IS NULL, b.id DESC LIMIT 1
