INSERT INTO register.personal_key (id, fingerprint, state)
SELECT max(id) + 1, $1::bytea, 'ANNOUNCED' FROM register.personal_key
RETURNING id
