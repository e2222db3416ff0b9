INSERT INTO register.certificate_status (certificate_id, effective_from, status, change_id, ordinal)
SELECT c.id, i.status_from, i.status,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
  JOIN register.certificate AS c ON c.number = i.certificate_number AND c.kind = i.kind
 WHERE i.status_differs AND i.status_from IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.certificate_status AS x WHERE x.certificate_id = c.id AND x.effective_from = i.status_from)
 ORDER BY i.line
