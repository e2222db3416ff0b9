SELECT (SELECT count(*) FROM register.person) + (SELECT count(*) FROM register.person_history)
