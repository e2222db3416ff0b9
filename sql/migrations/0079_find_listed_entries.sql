-- What is in force is found by its own index: the day of publication, which nearly every entry has behind it, is only a filter, and the
-- original of an adopted entry is looked up in place, without the call of a function for each.
CREATE OR REPLACE VIEW disclosure.listed_entry AS
SELECT e.id, e.origin, e.original_id, e.list_code, e.list_kind, e.ground_code, e.repair_class, e.organisation_id, e.institution_id,
       register.credit_subject_kind(e.organisation_id, e.institution_id) AS subject_kind,
       register.credit_subject_code(e.organisation_id, e.institution_id, e.person_id) AS subject_code,
       register.credit_subject_name(e.organisation_id, e.institution_id, e.person_id) AS subject_name,
       e.region_code, e.authority, e.document_number, e.decided_on, e.legal_basis, e.remedy, e.reference, e.disputed,
       e.published_on AS in_force_from, nullif(register.credit_end(e.last_day, e.ended_on, e.original_id), 'infinity') AS in_force_to,
       register.earliest_repair(e.decided_on, e.least_months) AS repair_from, e.change_id
  FROM register.credit_entry AS e
 WHERE register.credit_last_day(e.last_day, e.ended_on) >= (SELECT register.law_today()) AND e.published_on + 0 <= (SELECT register.law_today())
   AND (e.original_id IS NULL OR coalesce(
         (SELECT register.credit_last_day(o.last_day, o.ended_on) FROM register.credit_entry AS o WHERE o.id = e.original_id), 'infinity')
         >= (SELECT register.law_today()));
