VACUUM register.person, register.person_history, register.employment, register.employment_history,
       register.certificate, register.certificate_history
