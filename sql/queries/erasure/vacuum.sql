VACUUM register.person, register.person_history, register.employment, register.employment_history,
       register.certificate, register.certificate_history, register.training_record, register.training_record_history,
       register.skill_award, register.skill_award_history, register.quality_note, register.quality_note_history
