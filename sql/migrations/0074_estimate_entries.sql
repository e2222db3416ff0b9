-- squawk-ignore-file ban-drop-function
-- How many entries are in force is guessed from what is known of their last days: a day that the server works out while it plans is
-- weighed, the result of a question within the question is not. Nearly every entry is published, which the server takes for a third of
-- them when it is asked plainly, and for two thirds when it is asked so.
CREATE OR REPLACE VIEW disclosure.listed_entry AS
SELECT e.id, e.origin, e.original_id, e.list_code, e.list_kind, e.ground_code, e.repair_class, e.organisation_id, e.institution_id,
       register.credit_subject_kind(e.organisation_id, e.institution_id) AS subject_kind,
       register.credit_subject_code(e.organisation_id, e.institution_id, e.person_id) AS subject_code,
       register.credit_subject_name(e.organisation_id, e.institution_id, e.person_id) AS subject_name,
       e.region_code, e.authority, e.document_number, e.decided_on, e.legal_basis, e.remedy, e.reference, e.disputed,
       e.published_on AS in_force_from, nullif(register.credit_end(e.last_day, e.ended_on, e.original_id), 'infinity') AS in_force_to,
       register.earliest_repair(e.decided_on, e.least_months) AS repair_from, e.change_id
  FROM register.credit_entry AS e
 WHERE register.credit_last_day(e.last_day, e.ended_on) >= register.law_today()
   AND e.published_on IS NOT NULL AND (e.published_on + 0 > (SELECT register.law_today())) IS NOT TRUE
   AND (e.original_id IS NULL OR coalesce(
         (SELECT register.credit_last_day(o.last_day, o.ended_on) FROM register.credit_entry AS o WHERE o.id = e.original_id), 'infinity')
         >= (SELECT register.law_today()));

-- The page of a list whose rows lie bundled along its order: up to `most` hits are collected and sorted, however they lie. The server
-- walks along the order, where that seems shorter, if they are more, or if they are a third of the table's rows: then no more than
-- twice as many can lie in the way.
DROP FUNCTION disclosure.page_among(text, text, text, bigint);
CREATE FUNCTION disclosure.page_among(hits text, at_once text, collected text, most bigint, bundled text) RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 50 SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  likely CONSTANT bigint := disclosure.estimated(hits);
BEGIN
  IF likely > most OR 3 * likely > (
    SELECT c.reltuples FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = split_part(bundled, '.', 1) AND c.relname = split_part(bundled, '.', 2)) THEN
    RETURN QUERY EXECUTE at_once;
  ELSE
    RETURN QUERY EXECUTE collected;
  END IF;
END
$$;
GRANT EXECUTE ON FUNCTION disclosure.page_among TO registry_public, registry_staff;
