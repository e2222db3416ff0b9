-- Mutual recognition (互认): what another region, which does not see the row, knows of an entry in force today, and so public.
CREATE FUNCTION register.entry_to_adopt(entry_id bigint) RETURNS TABLE (
  id bigint, list_kind text, ground_code text, repair_class text, organisation_id bigint, institution_id bigint, person_id bigint,
  origin text, region_code text, in_force_to date
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT e.id, e.list_kind, e.ground_code, e.repair_class, e.organisation_id, e.institution_id, e.person_id, e.origin, e.region_code,
         nullif(register.credit_end(e.last_day, e.ended_on, e.original_id), 'infinity')
    FROM register.credit_entry AS e WHERE e.id = entry_id AND register.credit_in_force(e.id, register.law_today())
$$;
GRANT EXECUTE ON FUNCTION register.entry_to_adopt TO registry_staff;
