-- What everybody may read. <name> is what stands now; <name>_version is every version with the positions between which it stood.
-- A version view unites both tables in its FROM, not by WITH, which would keep conditions and orders of whoever reads it from their indexes.
-- The views belong to the owner, so that their readers need no right to any table.
CREATE VIEW disclosure.head AS SELECT position, recorded_at FROM register.register_head;

CREATE VIEW disclosure.change_set AS
SELECT id, position, recorded_at, kind, cause, source, changes FROM register.change_set;

CREATE VIEW disclosure.calendar_day AS SELECT day, working, holiday FROM register.calendar_day;

CREATE VIEW disclosure.region AS
SELECT id, code, name, name_en, level, parent_code, path, lower(valid) AS valid_from, upper(valid) - 1 AS valid_to,
       valid @> (now() AT TIME ZONE 'Asia/Shanghai')::date AS current
  FROM register.region;

CREATE VIEW disclosure.region_version AS
SELECT v.id, v.code, v.name, v.name_en, v.level, v.parent_code, v.path, lower(v.valid) AS valid_from, upper(v.valid) - 1 AS valid_to,
       v.valid @> (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS current,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('code', v.code, 'name', v.name, 'nameEn', v.name_en, 'level', v.level, 'parentCode', v.parent_code, 'path', v.path,
                         'validFrom', lower(v.valid), 'validTo', upper(v.valid) - 1) AS content
  FROM (SELECT r.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.region AS r
        UNION ALL SELECT h.* FROM register.region_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW disclosure.organisation AS
SELECT id, code, scheme, name, legal_form, region_code, status, registered_on, address FROM register.organisation;

CREATE VIEW disclosure.organisation_version AS
SELECT v.id, v.code, v.scheme, v.name, v.legal_form, v.region_code, v.status, v.registered_on, v.address,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('code', v.code, 'name', v.name, 'legalForm', v.legal_form, 'regionCode', v.region_code,
                         'status', v.status, 'registeredOn', v.registered_on, 'address', v.address) AS content
  FROM (SELECT o.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.organisation AS o
        UNION ALL SELECT h.* FROM register.organisation_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW disclosure.institution AS
SELECT id, code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code, status, beds, opened_on, closed_on, address
  FROM register.institution;

CREATE VIEW disclosure.institution_version AS
SELECT v.id, v.code, v.scheme, v.organisation_id, v.name, v.name_pinyin, v.name_initials, v.kind, v.region_code, v.status, v.beds,
       v.opened_on, v.closed_on, v.address, lower(normalize(v.name, NFKC) COLLATE "C") AS name_folded,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('code', v.code, 'name', v.name,
                         'organisationCode', coalesce(o.code, (SELECT f.code FROM register.organisation_history AS f WHERE f.id = v.organisation_id LIMIT 1)),
                         'kind', v.kind, 'regionCode', v.region_code,
                         'status', v.status, 'beds', v.beds, 'openedOn', v.opened_on, 'closedOn', v.closed_on, 'address', v.address) AS content
  FROM (SELECT i.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.institution AS i
        UNION ALL SELECT h.* FROM register.institution_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.organisation AS o ON o.id = v.organisation_id;

CREATE VIEW disclosure.evaluation_organisation AS
SELECT id, code, name, evaluator_type, region_code, organisation_id FROM register.evaluation_organisation;

CREATE VIEW disclosure.evaluation_organisation_version AS
SELECT v.id, v.code, v.name, v.evaluator_type, v.region_code, v.organisation_id,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('code', v.code, 'name', v.name, 'evaluatorType', v.evaluator_type, 'regionCode', v.region_code,
                         'organisationCode', coalesce(o.code, (SELECT f.code FROM register.organisation_history AS f WHERE f.id = v.organisation_id LIMIT 1))) AS content
  FROM (SELECT o.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.evaluation_organisation AS o
        UNION ALL SELECT h.* FROM register.evaluation_organisation_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.organisation AS o ON o.id = v.organisation_id;

CREATE VIEW disclosure.accreditation_version AS
SELECT v.id,
       coalesce(o.code, (SELECT f.code FROM register.evaluation_organisation_history AS f WHERE f.id = v.evaluation_organisation_id LIMIT 1)) AS code,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('evaluatorCode', coalesce(o.code, (SELECT f.code FROM register.evaluation_organisation_history AS f WHERE f.id = v.evaluation_organisation_id LIMIT 1)),
                         'accreditedFrom', lower(v.accredited), 'accreditedTo', upper(v.accredited) - 1,
                         'withdrawnFrom', v.withdrawn_from, 'withdrawalReason', v.withdrawal_reason) AS content
  FROM (SELECT a.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.accreditation AS a
        UNION ALL SELECT h.* FROM register.accreditation_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.evaluation_organisation AS o ON o.id = v.evaluation_organisation_id;

CREATE VIEW disclosure.assessment AS
SELECT id, institution_id, decided_on, grade, environment, facilities, operations, service,
       lower(valid) AS valid_from, upper(valid) - 1 AS valid_to, assessor, document_number
  FROM register.assessment;

CREATE VIEW disclosure.assessment_version AS
SELECT v.id,
       coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)) AS code,
       v.institution_id, v.decided_on, v.grade, v.environment, v.facilities, v.operations, v.service,
       lower(v.valid) AS valid_from, upper(v.valid) - 1 AS valid_to, v.assessor, v.document_number,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('institutionCode', coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)),
                         'decidedOn', v.decided_on, 'grade', v.grade,
                         'environment', v.environment::text, 'facilities', v.facilities::text,
                         'operations', v.operations::text, 'service', v.service::text,
                         'validFrom', lower(v.valid), 'validTo', upper(v.valid) - 1,
                         'assessor', v.assessor, 'documentNumber', v.document_number) AS content
  FROM (SELECT a.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.assessment AS a
        UNION ALL SELECT h.* FROM register.assessment_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;

-- Policies are only ever added, so one view serves now (recorded_to is never set) and then.
CREATE VIEW disclosure.rating_policy AS
SELECT p.id, p.code, p.version, encode(p.sha256, 'hex') AS sha256, p.document, p.title_zh, p.title_en, p.region_code, p.legal_basis,
       lower(p.effective) AS effective_from, upper(p.effective) - 1 AS effective_to, p.score_decimals, p.grade_count, p.indicators,
       p.change_id, p.ordinal, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal,
       s.position AS recorded_from, NULL::bigint AS recorded_to, s.recorded_at,
       json_build_object('code', p.code, 'version', p.version, 'sha256', encode(p.sha256, 'hex'), 'titleZh', p.title_zh,
                         'titleEn', p.title_en, 'regionCode', p.region_code, 'effectiveFrom', lower(p.effective),
                         'effectiveTo', upper(p.effective) - 1) AS content
  FROM register.rating_policy AS p
  JOIN register.change_set AS s ON s.id = p.change_id;

CREATE VIEW disclosure.rating_policy_version AS SELECT * FROM disclosure.rating_policy;

CREATE VIEW disclosure.rating_run AS
SELECT r.id, r.kind, r.as_of, r.read_position, r.started_at, r.finished_at, r.engine_version, r.cause, r.institutions, r.changed,
       r.durations_ms, r.change_id, s.position AS recorded_from, s.recorded_at
  FROM register.rating_run AS r
  JOIN register.change_set AS s ON s.id = r.change_id;

CREATE VIEW disclosure.rating_run_policy AS
SELECT p.run_id, p.policy_id, p.weights_run_id, p.population, p.rated, p.counts_by_stars, p.weights, p.distribution,
       encode(p.input_digest, 'hex') AS input_digest, encode(p.output_digest, 'hex') AS output_digest
  FROM register.rating_run_policy AS p;

CREATE VIEW disclosure.rating_rank_block AS
SELECT run_id, policy_id, block, nation, region, kind FROM register.rating_rank_block;

CREATE VIEW disclosure.rating AS
SELECT r.id, r.institution_id, r.policy_id, r.run_id, r.weights_run_id, r.as_of, r.stars, r.score_scaled, r.score, r.certified_ratio, r.reason,
       r.indicator_values, r.points, r.contributions, r.domain_points, r.domain_grades, r.adjustments, r.change_id
  FROM register.rating AS r;

CREATE VIEW disclosure.rating_version AS
SELECT v.id,
       coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)) AS code,
       v.institution_id, v.policy_id, v.run_id, v.weights_run_id, v.as_of, v.stars, v.score_scaled, v.score, v.certified_ratio, v.reason,
       v.indicator_values, v.points, v.contributions, v.domain_points, v.domain_grades, v.adjustments,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       s.recorded_at AS published_at, e.recorded_at AS superseded_at,
       json_build_object('institutionCode', coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)),
                         'stars', v.stars,
                         'score', round(v.score_scaled / power(10::numeric, p.score_decimals), p.score_decimals::integer)::text,
                         'reason', v.reason, 'policy', p.code || '@' || p.version, 'asOf', v.as_of, 'runId', v.run_id) AS content
  FROM (SELECT r.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.rating AS r
        UNION ALL SELECT h.* FROM register.rating_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  JOIN register.rating_policy AS p ON p.id = v.policy_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;
