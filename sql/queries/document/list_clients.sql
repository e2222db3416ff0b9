SELECT c.name, c.only_own, (SELECT count(*) FROM register.client_document AS d WHERE d.client = c.name) AS documents
  FROM register.document_client AS c
 ORDER BY c.name
