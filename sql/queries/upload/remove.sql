DELETE FROM register.upload WHERE id = $1::uuid
