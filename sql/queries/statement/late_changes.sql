SELECT code, kind, action, position, recorded_at, change_set_kind, cause, source, about_from, fields, rows
  FROM register.late_changes($1::text[], $2::bigint, $3::bigint)
