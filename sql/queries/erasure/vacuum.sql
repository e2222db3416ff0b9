VACUUM register.person, register.person_history, register.employment, register.employment_history,
       register.certificate, register.certificate_history, register.training_record, register.training_record_history,
       register.skill_award, register.skill_award_history, register.quality_note, register.quality_note_history,
       register.credit_case, register.credit_case_history, register.credit_entry, register.credit_entry_history,
       register.case_step, register.case_step_history, register.entry_step, register.entry_step_history,
       register.flag, register.flag_history
