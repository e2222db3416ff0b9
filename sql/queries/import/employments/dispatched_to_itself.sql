SELECT i.line, i.dispatched_by AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN register.institution AS t ON t.id = i.institution_id
 WHERE i.dispatcher_id = t.organisation_id
 ORDER BY i.line LIMIT $1::integer
