-- By when an authority owes a decision or a publication: worked out of the acts and of the rules of their days, never stored.

-- The last day of a window that an act of `day` opened; NULL where no rule of that day tells the window, or the working calendar does
-- not reach it: nobody is refused an objection because the calendar of next year has not been announced.
CREATE FUNCTION register.window_last_day(wanted text, day date) RETURNS date LANGUAGE sql STABLE
RETURN (SELECT CASE WHEN w.working THEN register.working_day_after(window_last_day.day, w.days) ELSE window_last_day.day + w.days END
          FROM register.credit_window AS w WHERE w.code = wanted AND w.effective @> window_last_day.day);

CREATE VIEW register.credit_deadline WITH (security_invoker = true) AS
SELECT e.id AS entry_id, e.case_id, e.region_code, o.window_code, o.since, register.window_last_day(o.window_code, o.since) AS last_day
  FROM register.credit_entry AS e
 CROSS JOIN LATERAL (
   SELECT 'OBJECTION' AS window_code, max(s.day) AS since FROM register.entry_step AS s
    WHERE e.disputed AND s.entry_id = e.id AND s.kind = 'OBJECTION_RAISED' HAVING e.disputed
   UNION ALL
   SELECT 'REPAIR', max(s.day) FROM register.entry_step AS s
    WHERE e.repair_pending AND s.entry_id = e.id AND s.kind = 'REPAIR_APPLIED' HAVING e.repair_pending
   UNION ALL
   SELECT 'PUBLICATION', e.decided_on
    WHERE e.origin = 'LOCAL' AND e.published_on IS NULL AND coalesce(e.last_day >= register.law_today(), true)
      AND coalesce((SELECT t.published FROM register.credit_term AS t WHERE t.repair_class = e.repair_class AND t.effective @> e.decided_on), true)
 ) AS o
 WHERE e.ended_on IS NULL AND (e.disputed OR e.repair_pending OR e.published_on IS NULL);
COMMENT ON VIEW register.credit_deadline IS 'OBJECTION, REPAIR: to decide on one that is open. PUBLICATION: to publish what was decided here.';
GRANT SELECT ON register.credit_deadline TO registry_staff;

-- The earliest of an entry, for whoever sees its steps.
CREATE FUNCTION register.entry_due(entry_id bigint) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT min(d.last_day) FROM register.credit_deadline AS d WHERE d.entry_id = entry_due.entry_id AND register.sees_entry(entry_due.entry_id)
$$;
GRANT EXECUTE ON FUNCTION register.window_last_day, register.entry_due TO registry_staff;
