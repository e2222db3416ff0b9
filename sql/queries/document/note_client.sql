-- A client as it is from now on; its documents, or its mode where that is given, changed.
INSERT INTO register.document_client AS c (name, only_own)
VALUES ($1::text, coalesce($2::boolean, false))
ON CONFLICT (name) DO UPDATE SET only_own = coalesce($2::boolean, c.only_own), version = c.version + 1
