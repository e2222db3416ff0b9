INSERT INTO register.client_document (client, sha256, text, added_by)
SELECT $1::text, d.sha256, d.text, $4::text
  FROM unnest($2::text[], $3::text[]) AS d (sha256, text)
ON CONFLICT (client, sha256) DO NOTHING
