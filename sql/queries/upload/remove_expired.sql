DELETE FROM register.upload WHERE expires_at <= now() AND state NOT IN ('RECEIVED', 'IMPORTING') RETURNING id
