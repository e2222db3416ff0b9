SELECT list_kind, decided_on, least_months, published_on, last_day, ended_on, disputed, repair_pending, published_in_principle, original_id,
       original_published_on, original_last_day, original_ended_on, number, objector, applicant, answered_for, own, today
  FROM register.entry_standing($1::bigint)
