UPDATE pg_temp.import_resolved AS i
   SET certificate_differs = false, status_differs = false, changed = false
  FROM pg_temp.import_contested AS c
 WHERE c.line = i.line AND c.entity = 'CERTIFICATE' AND NOT c.prevails
