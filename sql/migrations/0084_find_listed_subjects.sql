-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
-- Whether the original of an adopted entry has ended is asked of an index where one row asks, and of all that ended at once where
-- thousands do: the server chooses, which it cannot for the day of an original. An original that is not there has not ended.
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
   AND (e.original_id IS NULL OR NOT EXISTS (
         SELECT FROM register.credit_entry AS o
          WHERE o.id = e.original_id AND register.credit_last_day(o.last_day, o.ended_on) < (SELECT register.law_today())));

-- Who is on a list of a kind is read from the index alone, and so is who runs the institutions of a region.
CREATE INDEX credit_entry_listed_institution ON register.credit_entry (list_kind, register.credit_last_day(last_day, ended_on))
  INCLUDE (institution_id, published_on, original_id, last_day, ended_on) WHERE institution_id IS NOT NULL;
CREATE INDEX credit_entry_listed_organisation ON register.credit_entry (list_kind, register.credit_last_day(last_day, ended_on))
  INCLUDE (organisation_id, published_on, original_id, last_day, ended_on) WHERE organisation_id IS NOT NULL;
DROP INDEX register.institution_region;
CREATE INDEX institution_region ON register.institution (region_code, id) INCLUDE (organisation_id);
