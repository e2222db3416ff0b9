SELECT r.institution_id, r.content_digest FROM register.rating AS r ORDER BY r.institution_id
