SELECT r.institution_id, r.content_digest, r.policy_id FROM register.rating AS r ORDER BY r.institution_id
