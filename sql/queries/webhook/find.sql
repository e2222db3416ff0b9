SELECT w.* FROM register.webhook AS w WHERE w.id = $1::uuid FOR NO KEY UPDATE
