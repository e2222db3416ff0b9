-- Who states what: dated rules of an import, who else states a row, and where sources contradict each other.
CREATE TABLE register.import_rule (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule text NOT NULL CHECK (rule IN ('PRECEDENCE', 'REMOVAL_SHARE', 'REMOVAL_SHARE_OF_ONE', 'REMOVAL_LEAST')),
  kind text NOT NULL,
  source text NOT NULL,
  value numeric(12, 3) NOT NULL CHECK (value >= 0),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  CONSTRAINT import_rule_effective UNIQUE (rule, kind, source, effective WITHOUT OVERLAPS)
);
COMMENT ON TABLE register.import_rule IS 'An empty kind or source stands for all; the most specific rule of the day applies, the kind before the source.';
CALL register.keep_versions('import_rule');
CALL register.show_to_all_staff('import_rule');
CREATE UNIQUE INDEX import_rule_from ON register.import_rule (rule, kind, source, lower(effective));

CREATE FUNCTION register.import_rule_value(wanted text, of_kind text, of_source text) RETURNS numeric LANGUAGE sql STABLE
RETURN (
  SELECT r.value FROM register.import_rule AS r
   WHERE r.rule = wanted AND r.kind IN (of_kind, '') AND r.source IN (of_source, '')
     AND r.effective @> (now() AT TIME ZONE 'Asia/Shanghai')::date
   ORDER BY r.kind DESC, r.source DESC LIMIT 1);
GRANT EXECUTE ON FUNCTION register.import_rule_value TO registry_staff;

-- The source of a row is that of the change set of its current version. Here stands what differs from that: another source
-- that states the same, or (states = false) the row's own source that does not state it any more.
CREATE TABLE register.row_source (
  entity text NOT NULL,
  row_id bigint NOT NULL,
  source text NOT NULL CHECK (source <> ''),
  states boolean NOT NULL,
  PRIMARY KEY (entity, row_id, source)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON register.row_source TO registry_staff;

-- What a source says of a row that the register does not follow. One scope column says whose region it concerns.
CREATE TABLE register.quality_note (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule text NOT NULL CHECK (rule IN ('SOURCES_CONTRADICT', 'STATUS_NOT_CLEARED')),
  entity text NOT NULL,
  row_id bigint NOT NULL,
  code text NOT NULL,
  institution_id bigint REFERENCES register.institution (id),
  person_id bigint REFERENCES register.person (id),
  region_code text,
  named_person_id bigint REFERENCES register.person (id),
  prevailing_source text NOT NULL,
  other_source text NOT NULL,
  content jsonb NOT NULL,
  fields text[] NOT NULL,
  CONSTRAINT quality_note_once UNIQUE (entity, row_id, other_source),
  CONSTRAINT quality_note_scope CHECK (num_nonnulls(institution_id, person_id, region_code) = 1)
);
COMMENT ON COLUMN register.quality_note.named_person_id IS 'Whom the content names, where it is about a person: who holds a certificate may be what is disputed.';
COMMENT ON COLUMN register.quality_note.content IS 'What the other source says, with the names of the change feed; personal numbers masked.';
CALL register.keep_versions('quality_note', ARRAY['row_id']);
CREATE INDEX quality_note_institution ON register.quality_note (institution_id);
CREATE INDEX quality_note_person ON register.quality_note (person_id);
CREATE INDEX quality_note_named_person ON register.quality_note (named_person_id);

CREATE FUNCTION register.regions_in_scope() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT r.code FROM register.region AS r
   WHERE r.path = current_setting('registry.scope', true) OR starts_with(r.path, current_setting('registry.scope', true) || '/')
$$;
GRANT EXECUTE ON FUNCTION register.regions_in_scope TO registry_staff;

CREATE POLICY quality_note_scope ON register.quality_note TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope())
         OR person_id IN (SELECT e.person_id FROM register.employment AS e)
         OR region_code IN (SELECT register.regions_in_scope()));
CREATE POLICY quality_note_history_scope ON register.quality_note_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope())
         OR person_id IN (SELECT e.person_id FROM register.employment AS e)
         OR region_code IN (SELECT register.regions_in_scope()));

CREATE VIEW register.import_rule_version WITH (security_invoker = true) AS
SELECT v.*, v.rule AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('rule', v.rule, 'kind', nullif(v.kind, ''), 'source', nullif(v.source, ''), 'value', v.value::text,
                         'effectiveFrom', lower(v.effective), 'effectiveTo', upper(v.effective) - 1,
                         'legalBasis', v.legal_basis) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.import_rule AS t
        UNION ALL SELECT h.* FROM register.import_rule_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW register.quality_note_version WITH (security_invoker = true) AS
SELECT v.id, v.rule, v.entity, v.row_id, v.code, v.institution_id, v.person_id, v.region_code, v.prevailing_source, v.other_source,
       v.content AS stated, v.fields, v.change_id, v.ordinal, v.ended_by, v.ended_ordinal,
       s.position AS recorded_from, e.position AS recorded_to, s.recorded_at, e.recorded_at AS ended_at,
       json_build_object('rule', v.rule, 'kind', v.entity, 'code', v.code, 'prevailingSource', v.prevailing_source,
                         'otherSource', v.other_source, 'content', v.content, 'fields', v.fields) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.quality_note AS t
        UNION ALL SELECT h.* FROM register.quality_note_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CALL register.tell_changes('import_rule', 'IMPORT_RULE');
CALL register.tell_changes('quality_note', 'QUALITY_NOTE');

GRANT SELECT ON register.import_rule_version, register.quality_note_version TO registry_staff;
