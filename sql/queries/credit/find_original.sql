-- An entry in force today, whatever region answers for it, to be recognised by another.
SELECT e.id, e.list_kind, e.ground_code, e.repair_class, e.organisation_id, e.institution_id, e.person_id, e.origin, e.region_code, e.in_force_to,
       register.law_today() AS today
  FROM register.entry_to_adopt($1::bigint) AS e
