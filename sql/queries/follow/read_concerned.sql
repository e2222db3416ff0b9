-- The institutions that change sets concern: by their own rows as they were and as they are, by people who work there (as posts
-- elsewhere tell which of two counts), by these people's certificates and their issuers, and by what holds in their region.
-- Every step looks up by index what the step before found, however large the register is.
WITH place (code) AS (
  SELECT code FROM register.region WHERE change_id = ANY ($1::bigint[])
  UNION SELECT code FROM register.region_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT region_code FROM register.equivalence WHERE change_id = ANY ($1::bigint[])
  UNION SELECT region_code FROM register.equivalence_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
), named (id) AS (
  SELECT id FROM register.institution WHERE change_id = ANY ($1::bigint[])
  UNION SELECT id FROM register.institution_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
), issuer (id) AS (
  SELECT evaluation_organisation_id FROM register.accreditation WHERE change_id = ANY ($1::bigint[])
  UNION SELECT evaluation_organisation_id FROM register.accreditation_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
), lapsed (id) AS (
  SELECT certificate_id FROM register.certificate_status WHERE change_id = ANY ($1::bigint[])
  UNION SELECT certificate_id FROM register.certificate_status_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
), who (id) AS (
  SELECT id FROM register.person WHERE change_id = ANY ($1::bigint[])
  UNION SELECT id FROM register.person_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT person_id FROM register.certificate WHERE change_id = ANY ($1::bigint[])
  UNION SELECT person_id FROM register.certificate_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT person_id FROM register.certificate WHERE id = ANY (ARRAY(SELECT id FROM lapsed))
  UNION SELECT person_id FROM register.certificate WHERE evaluation_organisation_id = ANY (ARRAY(SELECT id FROM issuer))
  UNION SELECT person_id FROM register.employment WHERE change_id = ANY ($1::bigint[])
  UNION SELECT person_id FROM register.employment_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT person_id FROM register.employment WHERE institution_id = ANY (ARRAY(SELECT id FROM named))
), concerned (id) AS (
  SELECT id FROM named
  UNION SELECT institution_id FROM register.employment WHERE person_id = ANY (ARRAY(SELECT id FROM who))
  UNION SELECT institution_id FROM register.employment_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT institution_id FROM register.resident_count WHERE change_id = ANY ($1::bigint[])
  UNION SELECT institution_id FROM register.resident_count_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT institution_id FROM register.assessment WHERE change_id = ANY ($1::bigint[])
  UNION SELECT institution_id FROM register.assessment_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT institution_id FROM register.measure_value WHERE change_id = ANY ($1::bigint[])
  UNION SELECT institution_id FROM register.measure_value_history WHERE change_id = ANY ($1::bigint[]) OR ended_by = ANY ($1::bigint[])
  UNION SELECT id FROM register.institution
   WHERE region_code = ANY (ARRAY(SELECT r.code FROM register.region AS r
                                   WHERE EXISTS (SELECT FROM place)
                                     AND string_to_array(r.path, '/') && ARRAY(SELECT code FROM place)))
)
SELECT coalesce(array_agg(id ORDER BY id), ARRAY[]::bigint[]) FROM concerned
