SELECT count(*) FROM register.institution
