-- A snapshot speaks for the lists that it names, in the regions that it names for them, as far as entries have not ended.
CREATE TEMPORARY VIEW import_scope AS
SELECT x.id AS row_id, coalesce(3 * x.organisation_id, 3 * x.institution_id + 1, 3 * x.person_id + 2) AS subject_id,
       x.change_id AS standing_change
  FROM register.credit_entry AS x
 WHERE x.origin <> 'LOCAL' AND register.credit_last_day(x.last_day, x.ended_on) >= register.law_today()
   AND (x.list_code, x.region_code) IN (SELECT i.list_code, i.region_code FROM pg_temp.import_resolved AS i)
