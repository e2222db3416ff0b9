DELETE FROM register.webhook WHERE id = $1::uuid
