-- Documents by client; of one only where it is named.
SELECT d.client, c.only_own, d.sha256, d.text, d.added_at, d.added_by
  FROM register.client_document AS d JOIN register.document_client AS c ON c.name = d.client
 WHERE $1::text IS NULL OR d.client = $1::text
 ORDER BY d.client, d.sha256
