-- What procurement learns, when it checks bidders as of a past instant, of entries that were in force then and have ended since: that
-- there was one, its list and its ground; within a term that is a dated rule (LOOK_BACK). Staff look back without end.
CREATE FUNCTION register.look_back_from() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT CASE WHEN current_setting('registry.scope', true) <> '' THEN '-infinity'::date
              ELSE register.law_today() - register.credit_window_days('LOOK_BACK', register.law_today()) END
$$;
GRANT EXECUTE ON FUNCTION register.look_back_from TO registry_staff;

-- The law day, for whoever cannot name the schema.
CREATE FUNCTION disclosure.law_today() RETURNS date LANGUAGE sql STABLE RETURN register.law_today();
GRANT EXECUTE ON FUNCTION disclosure.law_today TO registry_public, registry_staff;

-- An annulled entry never was. Everything that could tell more of an entry stays out.
CREATE VIEW register.looked_back_entry AS
SELECT n.institution_id, n.organisation_id, v.list_kind, v.ground_code, v.disputed, v.published_on AS in_force_from,
       nullif(register.credit_end(v.last_day, v.ended_on, v.original_id), 'infinity') AS in_force_to,
       s.position AS recorded_from, e.position AS recorded_to
  FROM register.credit_entry AS n
 CROSS JOIN LATERAL (
    SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.credit_entry AS t WHERE t.id = n.id
    UNION ALL SELECT h.* FROM register.credit_entry_history AS h WHERE h.id = n.id) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
 WHERE v.published_on IS NOT NULL AND n.end_kind IS DISTINCT FROM 'ANNULLED'
   AND register.credit_end(n.last_day, n.ended_on, n.original_id) < (SELECT register.law_today())
   AND register.credit_end(n.last_day, n.ended_on, n.original_id) >= (SELECT register.look_back_from());
GRANT SELECT ON register.looked_back_entry TO registry_staff;
