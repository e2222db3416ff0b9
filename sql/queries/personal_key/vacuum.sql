VACUUM register.person, register.person_history, register.complaint
