-- A number that grows with every change of a client or its documents.
SELECT coalesce(sum(version), 0)::bigint FROM register.document_client
