SELECT s.id, s.position FROM register.change_set AS s WHERE s.position > $1::bigint ORDER BY s.position
