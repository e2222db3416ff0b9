-- The skills ledgers: who was trained for what and with whose money (实名制培训台账), which awards were paid, and which rungs of
-- the ladders of skill, professional titles (职称) and education (学历) equal each other, by region and day.
CREATE TABLE register.training_record (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES register.person (id),
  occupation text NOT NULL,
  programme text NOT NULL CHECK (programme <> ''),
  level smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 8),
  provider text NOT NULL CHECK (provider <> ''),
  provider_code text,
  started_on date NOT NULL,
  ended_on date CHECK (ended_on >= started_on),
  hours numeric(5, 1) NOT NULL CHECK (hours > 0),
  result text NOT NULL CHECK (result IN ('UNDER_WAY', 'PASSED', 'FAILED', 'WITHDRAWN')),
  subsidy_amount numeric(12, 2) CHECK (subsidy_amount > 0),
  subsidy_paid_on date CHECK (subsidy_paid_on >= started_on),
  document_number text,
  CONSTRAINT training_record_subsidy CHECK ((subsidy_amount IS NULL) = (subsidy_paid_on IS NULL)),
  CONSTRAINT training_record_key UNIQUE (person_id, occupation, programme, started_on),
  -- Paid once per person, occupation and level; per programme where it leads to no level. Judged by the end of a statement,
  -- since a correction may move a payment from one record to another.
  CONSTRAINT training_subsidy_once EXCLUDE USING btree (
    person_id WITH =, occupation WITH =, level WITH =, (CASE WHEN level = 0 THEN programme ELSE '' END) WITH =
  ) WHERE (subsidy_amount IS NOT NULL) DEFERRABLE INITIALLY IMMEDIATE
);
COMMENT ON COLUMN register.training_record.level IS 'The skill level that the programme leads to, 0 where it leads to none.';
COMMENT ON COLUMN register.training_record.subsidy_amount IS 'Yuan, two decimals.';
CALL register.keep_versions('training_record');

-- One award per person and skill level, never two (淄博市 2024-02-29, item 9).
CREATE TABLE register.skill_award (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES register.person (id),
  level smallint NOT NULL CHECK (level BETWEEN 1 AND 8),
  document_number text NOT NULL CHECK (document_number <> ''),
  amount numeric(12, 2) NOT NULL CHECK (amount > 0),
  awarded_on date NOT NULL,
  authority text NOT NULL CHECK (authority <> ''),
  region_code text NOT NULL,
  certificate_id bigint REFERENCES register.certificate (id),
  CONSTRAINT skill_award_once UNIQUE (person_id, level)
);
COMMENT ON COLUMN register.skill_award.amount IS 'Yuan, two decimals.';
CALL register.keep_versions('skill_award');
CREATE INDEX skill_award_certificate ON register.skill_award (certificate_id);

CREATE POLICY training_record_scope ON register.training_record TO registry_staff
  USING ((SELECT register.sees_all()) OR person_id IN (SELECT register.people_in_scope()));
CREATE POLICY training_record_history_scope ON register.training_record_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR person_id IN (SELECT register.people_in_scope()));
CREATE POLICY skill_award_scope ON register.skill_award TO registry_staff
  USING ((SELECT register.sees_all()) OR person_id IN (SELECT register.people_in_scope()));
CREATE POLICY skill_award_history_scope ON register.skill_award_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR person_id IN (SELECT register.people_in_scope()));

-- 双向比照认定: each direction is a row of its own. What a rung of one ladder equals on another in a region and below; the nearest region wins.
CREATE TABLE register.equivalence (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  region_code text NOT NULL,
  from_ladder text NOT NULL CHECK (from_ladder IN ('SKILL', 'TITLE', 'EDUCATION')),
  from_rung text NOT NULL,
  to_ladder text NOT NULL CHECK (to_ladder IN ('SKILL', 'TITLE', 'EDUCATION')),
  to_rung text NOT NULL,
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  CONSTRAINT equivalence_ladders CHECK (from_ladder <> to_ladder),
  CONSTRAINT equivalence_effective UNIQUE (region_code, from_ladder, from_rung, to_ladder, effective WITHOUT OVERLAPS)
);
CALL register.keep_versions('equivalence');
CALL register.show_to_all_staff('equivalence');
CREATE UNIQUE INDEX equivalence_from ON register.equivalence (region_code, from_ladder, from_rung, to_ladder, lower(effective));

CREATE VIEW disclosure.equivalence AS
SELECT id, region_code, from_ladder, from_rung, to_ladder, to_rung, lower(effective) AS effective_from, upper(effective) - 1 AS effective_to, legal_basis
  FROM register.equivalence;

CREATE VIEW disclosure.equivalence_version AS
SELECT v.*, v.region_code AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('regionCode', v.region_code, 'fromLadder', v.from_ladder, 'fromRung', v.from_rung, 'toLadder', v.to_ladder, 'toRung', v.to_rung,
                         'effectiveFrom', lower(v.effective), 'effectiveTo', upper(v.effective) - 1, 'legalBasis', v.legal_basis) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.equivalence AS t
        UNION ALL SELECT h.* FROM register.equivalence_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW register.training_record_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(p.number_mask, (SELECT f.number_mask FROM register.person_history AS f WHERE f.id = v.person_id LIMIT 1)) AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('numberMask', coalesce(p.number_mask, (SELECT f.number_mask FROM register.person_history AS f WHERE f.id = v.person_id LIMIT 1)),
                         'occupation', v.occupation, 'programme', v.programme, 'level', v.level,
                         'provider', v.provider, 'providerCode', v.provider_code, 'startedOn', v.started_on, 'endedOn', v.ended_on,
                         'hours', v.hours::text, 'result', v.result, 'subsidyAmount', v.subsidy_amount::text,
                         'subsidyPaidOn', v.subsidy_paid_on, 'documentNumber', v.document_number) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.training_record AS t
        UNION ALL SELECT h.* FROM register.training_record_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.person AS p ON p.id = v.person_id;

CREATE VIEW register.skill_award_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(p.number_mask, (SELECT f.number_mask FROM register.person_history AS f WHERE f.id = v.person_id LIMIT 1)) AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('numberMask', coalesce(p.number_mask, (SELECT f.number_mask FROM register.person_history AS f WHERE f.id = v.person_id LIMIT 1)),
                         'level', v.level, 'documentNumber', v.document_number, 'amount', v.amount::text,
                         'awardedOn', v.awarded_on, 'authority', v.authority, 'regionCode', v.region_code,
                         'certificateNumber', coalesce(c.number, (SELECT f.number FROM register.certificate_history AS f WHERE f.id = v.certificate_id LIMIT 1))) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.skill_award AS t
        UNION ALL SELECT h.* FROM register.skill_award_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.person AS p ON p.id = v.person_id
  LEFT JOIN register.certificate AS c ON c.id = v.certificate_id;

CALL register.tell_changes('equivalence', 'EQUIVALENCE');
CALL register.tell_changes('training_record', 'TRAINING');
CALL register.tell_changes('skill_award', 'AWARD');

GRANT SELECT ON disclosure.equivalence, disclosure.equivalence_version TO registry_staff, registry_public;
GRANT SELECT ON register.training_record_version, register.skill_award_version TO registry_staff;
