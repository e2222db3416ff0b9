-- The change feed: what each change set added, amended (with the previous content) or ended, derived from the versions themselves.
CREATE VIEW disclosure.change AS
SELECT v.change_id, v.ordinal, 'REGION'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM disclosure.region_version AS v LEFT JOIN disclosure.region_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'REGION'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM disclosure.region_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM disclosure.region_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'ORGANISATION'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM disclosure.organisation_version AS v LEFT JOIN disclosure.organisation_version AS p ON p.id = v.id AND p.ended_by = v.change_id
 WHERE v.content::text IS DISTINCT FROM p.content::text -- what only staff may read may have been amended
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'ORGANISATION'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM disclosure.organisation_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM disclosure.organisation_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'INSTITUTION'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM disclosure.institution_version AS v LEFT JOIN disclosure.institution_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'INSTITUTION'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM disclosure.institution_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM disclosure.institution_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'EVALUATION_ORGANISATION'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM disclosure.evaluation_organisation_version AS v LEFT JOIN disclosure.evaluation_organisation_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'EVALUATION_ORGANISATION'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM disclosure.evaluation_organisation_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM disclosure.evaluation_organisation_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'ACCREDITATION'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM disclosure.accreditation_version AS v LEFT JOIN disclosure.accreditation_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'ACCREDITATION'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM disclosure.accreditation_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM disclosure.accreditation_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'ASSESSMENT'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM disclosure.assessment_version AS v LEFT JOIN disclosure.assessment_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'ASSESSMENT'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM disclosure.assessment_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM disclosure.assessment_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'RATING_POLICY'::text, 'ADDED', v.id, v.code, v.content, NULL::json
  FROM disclosure.rating_policy AS v
UNION ALL
SELECT v.change_id, v.ordinal, 'RATING'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM disclosure.rating_version AS v LEFT JOIN disclosure.rating_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'RATING'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM disclosure.rating_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM disclosure.rating_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by);

-- Kinds that only staff may see, under their row-level security; no number, hash or cipher text is in any content.
-- What was erased is in none either: the entry of the erasure says so, and earlier ones have lost it.
CREATE VIEW register.person_version WITH (security_invoker = true) AS
WITH version AS (
  SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.person AS t
  UNION ALL SELECT h.* FROM register.person_history AS h
)
SELECT v.*, v.number_mask AS code, s.position AS recorded_from, e.position AS recorded_to,
       s.kind = 'ERASURE' AS erasing,
       CASE WHEN v.number_hash IS NOT NULL
            THEN json_build_object('numberMask', v.number_mask, 'name', v.name, 'education', v.education,
                                   'registeredOn', v.registered_on) END AS content
  FROM version AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW register.employment_version WITH (security_invoker = true) AS
WITH version AS (
  SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.employment AS t
  UNION ALL SELECT h.* FROM register.employment_history AS h
)
SELECT v.*, i.code AS code, s.position AS recorded_from, e.position AS recorded_to, s.kind = 'ERASURE' AS erasing,
       json_build_object('institutionCode', i.code, 'numberMask', p.number_mask, 'occupation', v.occupation, 'startedOn', lower(v.worked),
                         'endedOn', upper(v.worked) - 1, 'fteThousandths', v.fte_thousandths, 'positionTitle', v.position_title,
                         'dispatchedBy', d.code, 'appointedLevel', v.appointed_level) AS content
  FROM version AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id
  LEFT JOIN register.organisation AS d ON d.id = v.dispatched_by
  LEFT JOIN register.person AS p ON p.id = v.person_id;

CREATE VIEW register.certificate_version WITH (security_invoker = true) AS
WITH version AS (
  SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.certificate AS t
  UNION ALL SELECT h.* FROM register.certificate_history AS h
)
SELECT v.*, v.number AS code, s.position AS recorded_from, e.position AS recorded_to, s.kind = 'ERASURE' AS erasing,
       json_build_object('number', v.number, 'numberMask', p.number_mask, 'kind', v.kind, 'occupation', v.occupation, 'level', v.level,
                         'issuedOn', v.issued_on, 'expiresOn', v.expires_on, 'evaluatorCode', o.code) AS content
  FROM version AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.person AS p ON p.id = v.person_id
  LEFT JOIN register.evaluation_organisation AS o ON o.id = v.evaluation_organisation_id;

CREATE VIEW register.certificate_status_version WITH (security_invoker = true) AS
WITH version AS (
  SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.certificate_status AS t
  UNION ALL SELECT h.* FROM register.certificate_status_history AS h
)
SELECT v.*, c.number AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('number', c.number, 'status', v.status, 'effectiveFrom', v.effective_from) AS content
  FROM version AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.certificate AS c ON c.id = v.certificate_id;

CREATE VIEW register.resident_count_version WITH (security_invoker = true) AS
WITH version AS (
  SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.resident_count AS t
  UNION ALL SELECT h.* FROM register.resident_count_history AS h
)
SELECT v.*, i.code AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('institutionCode', i.code, 'abilityClass', v.ability_class, 'dayFrom', v.day_from, 'headcount', v.headcount) AS content
  FROM version AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;

CREATE VIEW register.measure_value_version WITH (security_invoker = true) AS
WITH version AS (
  SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.measure_value AS t
  UNION ALL SELECT h.* FROM register.measure_value_history AS h
)
SELECT v.*, i.code AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('institutionCode', i.code, 'measureCode', v.measure_code, 'day', v.day, 'value', v.value::text, 'flag', v.flag) AS content
  FROM version AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;

CREATE VIEW register.organisation_version WITH (security_invoker = true) AS
WITH version AS (
  SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.organisation AS t
  UNION ALL SELECT h.* FROM register.organisation_history AS h
)
SELECT v.*, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('code', v.code, 'name', v.name, 'legalForm', v.legal_form, 'regionCode', v.region_code, 'status', v.status,
                         'registeredOn', v.registered_on, 'address', v.address, 'legalRepresentative', v.legal_representative) AS content
  FROM version AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW register.staff_change WITH (security_invoker = true) AS
SELECT * FROM disclosure.change WHERE kind <> 'ORGANISATION'
UNION ALL
SELECT v.change_id, v.ordinal, 'ORGANISATION'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM register.organisation_version AS v LEFT JOIN register.organisation_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'ORGANISATION'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM register.organisation_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.organisation_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'PERSON'::text AS kind,
       CASE WHEN v.erasing THEN 'ERASED' WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, CASE WHEN NOT v.erasing THEN v.content END AS current, CASE WHEN NOT v.erasing THEN p.content END AS previous
  FROM register.person_version AS v LEFT JOIN register.person_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'PERSON'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM register.person_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.person_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'EMPLOYMENT'::text AS kind,
       CASE WHEN v.erasing THEN 'ERASED' WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, CASE WHEN NOT v.erasing THEN v.content END AS current, CASE WHEN NOT v.erasing THEN p.content END AS previous
  FROM register.employment_version AS v LEFT JOIN register.employment_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'EMPLOYMENT'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM register.employment_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.employment_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'CERTIFICATE'::text AS kind,
       CASE WHEN v.erasing THEN 'ERASED' WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, CASE WHEN NOT v.erasing THEN v.content END AS current, CASE WHEN NOT v.erasing THEN p.content END AS previous
  FROM register.certificate_version AS v LEFT JOIN register.certificate_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'CERTIFICATE'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM register.certificate_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.certificate_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'CERTIFICATE_STATUS'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM register.certificate_status_version AS v LEFT JOIN register.certificate_status_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'CERTIFICATE_STATUS'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM register.certificate_status_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.certificate_status_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'RESIDENT_COUNT'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM register.resident_count_version AS v LEFT JOIN register.resident_count_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'RESIDENT_COUNT'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM register.resident_count_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.resident_count_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by)
UNION ALL
SELECT v.change_id, v.ordinal, 'MEASURE'::text AS kind, CASE WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END AS action,
       v.id AS entity_id, v.code, v.content AS current, p.content AS previous
  FROM register.measure_value_version AS v LEFT JOIN register.measure_value_version AS p ON p.id = v.id AND p.ended_by = v.change_id
UNION ALL
SELECT h.ended_by, h.ended_ordinal, 'MEASURE'::text, 'ENDED', h.id, h.code, NULL::json, h.content
  FROM register.measure_value_version AS h
 WHERE h.ended_by IS NOT NULL
   AND NOT EXISTS (SELECT FROM register.measure_value_version AS n WHERE n.id = h.id AND n.change_id = h.ended_by);

GRANT SELECT ON ALL TABLES IN SCHEMA disclosure TO registry_staff, registry_public;
GRANT SELECT ON register.staff_change, register.organisation_version, register.person_version, register.employment_version, register.certificate_version, register.certificate_status_version, register.resident_count_version, register.measure_value_version TO registry_staff;
