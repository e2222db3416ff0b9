-- An entry after its newest step, with what the guards of the next one ask.
SELECT e.id, e.origin, e.list_kind, e.list_code, e.ground_code, e.repair_class, e.decided_on, coalesce(e.least_months, 0) AS least_months,
       e.published_on, e.last_day, e.ended_on, e.disputed, e.repair_pending, e.original_id, e.organisation_id, e.institution_id, e.person_id,
       e.region_code, coalesce(t.published, true) AS published_in_principle,
       o.published_on AS original_published_on, o.last_day AS original_last_day, o.ended_on AS original_ended_on,
       coalesce((SELECT max(s.number) FROM register.entry_step AS s WHERE s.entry_id = e.id), 0) AS number,
       (SELECT s.actor FROM register.entry_step AS s WHERE s.entry_id = e.id AND s.kind = 'OBJECTION_RAISED' ORDER BY s.number DESC LIMIT 1) AS objector,
       (SELECT s.actor FROM register.entry_step AS s WHERE s.entry_id = e.id AND s.kind = 'REPAIR_APPLIED' ORDER BY s.number DESC LIMIT 1) AS applicant,
       register.answers_for_entry(e.id) AS answered_for, register.is_own_entry(e.id) AS own, register.law_today() AS today
  FROM register.credit_entry AS e
  LEFT JOIN register.original_dates(e.original_id) AS o ON true
  LEFT JOIN register.credit_term AS t ON t.repair_class = e.repair_class AND t.effective @> e.decided_on
 WHERE e.id = $1::bigint
