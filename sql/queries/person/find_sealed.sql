-- The sealed number of a person whom the transaction may see, and who was not erased.
SELECT p.name, p.number_hash, p.number_encrypted FROM register.person AS p WHERE p.id = $1::bigint AND p.number_hash IS NOT NULL
