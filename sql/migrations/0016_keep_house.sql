-- Keys of personal data -----------------------------------------------------------------------------------------------
-- Which key seals people, and which others are still needed. A fingerprint is derived from the key and says nothing of it.
-- ANNOUNCED: the next one, held by every process that imports from now on. SEALING: people are sealed and hashed under it.
-- OPENING: the one before, under which people may still be kept. RETIRED: nobody is kept under it any more.
CREATE TABLE register.personal_key (
  id smallint PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
  fingerprint bytea NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('ANNOUNCED', 'SEALING', 'OPENING', 'RETIRED')),
  announced_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  CONSTRAINT personal_key_retired CHECK ((state = 'RETIRED') = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX personal_key_in_use ON register.personal_key (state) WHERE state <> 'RETIRED';
GRANT SELECT, INSERT, UPDATE (fingerprint, state, retired_at) ON register.personal_key TO registry_staff;

-- Rises with every step of every key; who works with people's numbers holds it shared, so that a step can wait for those before it.
CREATE FUNCTION register.personal_key_epoch() RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(CASE k.state WHEN 'ANNOUNCED' THEN 1 WHEN 'SEALING' THEN 2 WHEN 'OPENING' THEN 3 ELSE 4 END), 0)
          FROM register.personal_key AS k)::integer;

-- The first key of a register is whichever comes first; while nobody is kept and nobody is being added, another may take its place.
CREATE FUNCTION register.claim_personal_key(claimed bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO register.personal_key (id, fingerprint, state)
  SELECT 1, claimed, 'SEALING' WHERE NOT EXISTS (SELECT FROM register.personal_key)
  ON CONFLICT DO NOTHING;
  IF (SELECT array_agg(k.fingerprint) FROM register.personal_key AS k) IS DISTINCT FROM ARRAY[claimed]
     AND (SELECT count(*) FROM register.personal_key) = 1
     AND pg_try_advisory_xact_lock(1886086521, register.personal_key_epoch())
     AND NOT EXISTS (SELECT FROM register.person) AND NOT EXISTS (SELECT FROM register.person_history)
  THEN
    UPDATE register.personal_key SET fingerprint = claimed;
  END IF;
END
$$;

-- Keeps people under another key, with every version of theirs; nothing but hash and cipher text changes, so it is no change set.
CREATE FUNCTION register.reseal_people(former_key smallint, people bigint[], hashes bytea[], sealed bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  UPDATE register.person AS p SET number_hash = n.number_hash, number_encrypted = n.number_encrypted
    FROM unnest(people, hashes, sealed) AS n (id, number_hash, number_encrypted)
   WHERE p.id = n.id AND get_byte(p.number_encrypted, 0) = former_key;
  UPDATE register.person_history AS h SET number_hash = n.number_hash, number_encrypted = n.number_encrypted
    FROM unnest(people, hashes, sealed) AS n (id, number_hash, number_encrypted)
   WHERE h.id = n.id AND get_byte(h.number_encrypted, 0) = former_key;
END
$$;
GRANT EXECUTE ON FUNCTION register.personal_key_epoch, register.claim_personal_key, register.reseal_people TO registry_staff;

-- Terms of keeping ----------------------------------------------------------------------------------------------------
-- An authority shortens or lengthens a term by another row; what is due on a day is told by the rule of that day.
CREATE TABLE register.retention_rule (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject text NOT NULL CHECK (subject IN ('PERSON', 'IDEMPOTENT_ANSWER', 'JOB_RUN')),
  kept interval NOT NULL CHECK (kept > interval '0 days' AND date_trunc('day', kept) = kept),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  CONSTRAINT retention_rule_effective UNIQUE (subject, effective WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.retention_rule.kept IS 'From the day on which the thing was last needed; that day is not counted, the last day counts in full.';
GRANT SELECT, INSERT, UPDATE (effective) ON register.retention_rule TO registry_staff;
INSERT INTO register.retention_rule (subject, kept, effective, legal_basis) VALUES
  ('PERSON', '3 years', '[2021-11-01,)', '个人信息保护法 第十九条、第四十七条'),
  ('IDEMPOTENT_ANSWER', '30 days', '[2021-11-01,)', '个人信息保护法 第十九条'),
  ('JOB_RUN', '13 months', '[2017-06-01,)', '网络安全法 第二十一条');

CREATE FUNCTION register.retention_term(subject text, day date) RETURNS interval LANGUAGE sql STABLE
RETURN (SELECT r.kept FROM register.retention_rule AS r WHERE r.subject = retention_term.subject AND r.effective @> day);

GRANT DELETE ON register.idempotent_answer, register.job_run TO registry_staff;

-- Erasure of people ---------------------------------------------------------------------------------------------------
-- Where something about a person stands, and what takes its place: NULL, or a text in which {id} is the row's id.
-- `whose` says which rows t are about the people $1. Every column that can hold text of a person is here; a table with
-- history is erased with every version. Education stays: published ratings rest on it, and nobody is told by one of seven steps.
CREATE TABLE register.personal_column (
  relation text NOT NULL,
  column_name text NOT NULL,
  whose text NOT NULL,
  mark text,
  PRIMARY KEY (relation, column_name)
);
GRANT SELECT ON register.personal_column TO registry_staff;
INSERT INTO register.personal_column (relation, column_name, whose, mark) VALUES
  ('person', 'number_hash', 't.id = ANY ($1)', NULL),
  ('person', 'number_encrypted', 't.id = ANY ($1)', NULL),
  ('person', 'number_mask', 't.id = ANY ($1)', 'ERASED'),
  ('person', 'name', 't.id = ANY ($1)', 'ERASED'),
  ('person', 'registered_on', 't.id = ANY ($1)', NULL),
  ('employment', 'position_title', 't.person_id = ANY ($1)', NULL),
  ('certificate', 'number', 't.person_id = ANY ($1)', 'ERASED:{id}'),
  ('training_record', 'programme', 't.person_id = ANY ($1)', 'ERASED:{id}'),
  ('training_record', 'provider', 't.person_id = ANY ($1)', 'ERASED'),
  ('training_record', 'provider_code', 't.person_id = ANY ($1)', NULL),
  ('training_record', 'document_number', 't.person_id = ANY ($1)', NULL),
  ('skill_award', 'document_number', 't.person_id = ANY ($1)', 'ERASED:{id}'),
  ('skill_award', 'authority', 't.person_id = ANY ($1)', 'ERASED');
-- What another source says of people, of whom else it names, and of what they ever held.
CREATE VIEW register.note_subject WITH (security_invoker = true) AS
WITH employment AS (
  SELECT e.id, e.person_id FROM register.employment AS e UNION SELECT h.id, h.person_id FROM register.employment_history AS h
), certificate AS (
  SELECT c.id, c.person_id FROM register.certificate AS c UNION SELECT h.id, h.person_id FROM register.certificate_history AS h
), status AS (
  SELECT s.id, s.certificate_id FROM register.certificate_status AS s UNION SELECT h.id, h.certificate_id FROM register.certificate_status_history AS h
)
SELECT 'EMPLOYMENT' AS entity, e.id AS row_id, e.person_id FROM employment AS e
UNION ALL
SELECT 'CERTIFICATE', c.id, c.person_id FROM certificate AS c
UNION ALL
SELECT 'CERTIFICATE_STATUS', s.id, c.person_id FROM status AS s JOIN certificate AS c ON c.id = s.certificate_id;
GRANT SELECT ON register.note_subject TO registry_staff;
INSERT INTO register.personal_column (relation, column_name, whose, mark)
SELECT 'quality_note', n.column_name,
       't.person_id = ANY ($1) OR t.named_person_id = ANY ($1)
        OR (t.entity, t.row_id) IN (SELECT s.entity, s.row_id FROM register.note_subject AS s WHERE s.person_id = ANY ($1))', n.mark
  FROM (VALUES ('code', 'ERASED'), ('content', '{}')) AS n (column_name, mark);

-- The last day on which each thing needs a person; `recorded` is the register's own last word about them. A certificate
-- without an end needs its holder as long as it was of use: to the end of their last post, at least to its issue.
CREATE VIEW register.person_need WITH (security_invoker = true) AS
SELECT e.person_id, false AS recorded, coalesce(upper(e.worked) - 1, 'infinity') AS needed_to FROM register.employment AS e
UNION ALL
SELECT c.person_id, false, least(coalesce(c.expires_on, greatest(c.issued_on, w.worked_to)), s.effective_from - 1)
  FROM register.certificate AS c
  LEFT JOIN LATERAL (SELECT max(coalesce(upper(e.worked) - 1, 'infinity')) AS worked_to FROM register.employment AS e
                      WHERE e.person_id = c.person_id AND c.expires_on IS NULL) AS w ON true
  LEFT JOIN LATERAL (SELECT x.status, x.effective_from FROM register.certificate_status AS x
                      WHERE x.certificate_id = c.id ORDER BY x.effective_from DESC LIMIT 1) AS s ON s.status = 'REVOKED'
UNION ALL
SELECT c.person_id, true, (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM register.certificate AS c JOIN register.change_set AS s ON s.id = c.change_id WHERE c.expires_on IS NULL
UNION ALL
SELECT t.person_id, false,
       greatest(coalesce(t.ended_on, CASE t.result WHEN 'UNDER_WAY' THEN 'infinity' ELSE t.started_on END), t.subsidy_paid_on)
  FROM register.training_record AS t
UNION ALL
SELECT a.person_id, false, a.awarded_on FROM register.skill_award AS a
UNION ALL
SELECT p.id, true, (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM register.person AS p JOIN register.change_set AS s ON s.id = p.change_id
UNION ALL
SELECT h.id, true, (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM register.person_history AS h JOIN register.change_set AS s ON s.id = h.ended_by;
GRANT SELECT ON register.person_need TO registry_staff;

CREATE TABLE register.erasure (
  person_id bigint PRIMARY KEY,
  change_id bigint NOT NULL,
  rule_id bigint,
  reason text CHECK (reason <> ''),
  CONSTRAINT erasure_ground CHECK (num_nonnulls(rule_id, reason) = 1)
);
COMMENT ON TABLE register.erasure IS 'Who was erased, by which change set, and on what ground: a rule, or the reason of a request.';
CREATE INDEX erasure_change ON register.erasure (change_id);
GRANT SELECT ON register.erasure TO registry_staff;

-- What the catalogue says of one table: how it is erased, and which of its rows are not.
CREATE VIEW register.erasing WITH (security_invoker = true) AS
SELECT c.relation, c.whose, to_regclass(format('register.%I', c.relation || '_history')) IS NOT NULL AS versioned,
       string_agg(format('%I = %s', c.column_name, m.mark), ', ' ORDER BY c.column_name) AS assigned,
       string_agg(format('t.%I IS DISTINCT FROM %s', c.column_name, m.mark), ' OR ' ORDER BY c.column_name) AS standing
  FROM register.personal_column AS c
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = to_regclass(format('register.%I', c.relation)) AND a.attname = c.column_name
 CROSS JOIN LATERAL (SELECT CASE WHEN c.mark IS NULL THEN 'NULL'
                                 ELSE format('replace(%L, ''{id}'', t.id::text)::%s', c.mark, a.atttypid::regtype) END AS mark) AS m
 GROUP BY c.relation, c.whose;
GRANT SELECT ON register.erasing TO registry_staff;

-- Erases people within the open change set: each row that names them becomes a new version without it, and every earlier
-- version loses it as well. Returns how many rows it wrote. Whoever is needed today is refused, whatever the caller thinks.
CREATE FUNCTION register.erase_people(people bigint[], rule bigint, reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  part record;
  base integer := register.ordinal_base();
  touched integer;
BEGIN
  IF register.open_change() IS NULL THEN
    RAISE EXCEPTION 'people are erased only within an open change set' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM register.person_need AS n WHERE n.person_id = ANY (people) AND NOT n.recorded
                AND n.needed_to >= register.law_today()) THEN
    RAISE EXCEPTION 'a person who is still needed is not erased' USING ERRCODE = 'restrict_violation';
  END IF;
  -- No file names them any more, so none could settle what sources say otherwise of them: that ends.
  EXECUTE format('DELETE FROM register.quality_note AS t WHERE %s',
                 (SELECT e.whose FROM register.erasing AS e WHERE e.relation = 'quality_note')) USING people;
  GET DIAGNOSTICS touched = ROW_COUNT;
  base := base + touched;
  FOR part IN SELECT * FROM register.erasing AS e ORDER BY e.relation LOOP
    IF part.versioned THEN
      EXECUTE format(
        'UPDATE register.%1$I AS t SET %2$s, change_id = register.current_change(), ordinal = n.ordinal
           FROM (SELECT t.id, $2 + row_number() OVER (ORDER BY t.id) AS ordinal FROM register.%1$I AS t
                  WHERE (%3$s) AND (%4$s)) AS n WHERE n.id = t.id',
        part.relation, part.assigned, part.whose, part.standing) USING people, base;
      GET DIAGNOSTICS touched = ROW_COUNT;
      base := base + touched;
      EXECUTE format(
        'UPDATE register.%1$I AS t SET %2$s WHERE (%3$s OR t.id IN (SELECT t.id FROM register.%5$I AS t WHERE %3$s)) AND (%4$s)',
        part.relation || '_history', part.assigned, part.whose, part.standing, part.relation) USING people;
    ELSE
      EXECUTE format('UPDATE register.%I AS t SET %s WHERE (%s) AND (%s)', part.relation, part.assigned, part.whose, part.standing)
        USING people;
    END IF;
  END LOOP;
  INSERT INTO register.erasure (person_id, change_id, rule_id, reason)
  SELECT p.id, register.current_change(), rule, erase_people.reason FROM unnest(people) AS p (id);
  RETURN base - register.ordinal_base();
END
$$;

-- Whatever still stands of the erased, or names nobody without having been erased.
CREATE FUNCTION register.find_unerased() RETURNS TABLE (rule text, relation text, row_id bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
  part record;
  place text;
  erased bigint[] := ARRAY(SELECT x.person_id FROM register.erasure AS x);
BEGIN
  FOR part IN SELECT * FROM register.erasing AS e LOOP
    FOREACH place IN ARRAY CASE WHEN part.versioned THEN ARRAY[part.relation, part.relation || '_history'] ELSE ARRAY[part.relation] END LOOP
      RETURN QUERY EXECUTE format(
        'SELECT ''erasure.incomplete'', %L, t.id FROM register.%I AS t WHERE (%s) AND (%s)',
        place, place, part.whose, part.standing) USING erased;
    END LOOP;
  END LOOP;
  RETURN QUERY
    SELECT 'erasure.unrecorded', 'person', p.id
      FROM (SELECT c.id FROM register.person AS c WHERE c.number_hash IS NULL
            UNION SELECT h.id FROM register.person_history AS h WHERE h.number_hash IS NULL) AS p
     WHERE NOT EXISTS (SELECT FROM register.erasure AS x JOIN register.change_set AS s ON s.id = x.change_id
                        WHERE x.person_id = p.id AND s.kind = 'ERASURE');
END
$$;
GRANT EXECUTE ON FUNCTION register.retention_term, register.erase_people, register.find_unerased TO registry_staff;

-- What was erased or sealed anew leaves dead rows behind; staff may have them cleared at once.
GRANT MAINTAIN ON register.person, register.person_history, register.employment, register.employment_history,
  register.certificate, register.certificate_history, register.training_record, register.training_record_history, register.skill_award,
  register.skill_award_history, register.quality_note, register.quality_note_history TO registry_staff;

-- Vacuum --------------------------------------------------------------------------------------------------------------
-- Versioned tables have their settings from register.keep_versions. These are only ever appended to: frozen slice by slice.
ALTER TABLE register.audit_event SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0.02);
ALTER TABLE register.change_set SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0.02,
  autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE register.rating_rank_block SET (autovacuum_vacuum_insert_threshold = 1000, autovacuum_vacuum_insert_scale_factor = 0.02);
-- A key's last use is written again and again; with room on its page that needs no index entry and no vacuum.
ALTER TABLE register.api_key SET (fillfactor = 50);
-- Pruned every night.
ALTER TABLE register.idempotent_answer SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE register.job_run SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);

-- What each table takes and how it is kept. The owner asks, because the statistics of columns are hidden from staff under
-- row-level security. `expected_bytes` is an estimate from those statistics (rows x average widths), NULL before the first analyse.
CREATE FUNCTION register.table_health() RETURNS TABLE (
  relation text, heap_bytes bigint, index_bytes bigint, total_bytes bigint, live_rows bigint, dead_rows bigint, expected_bytes bigint,
  vacuumed_at timestamptz, analysed_at timestamptz, transaction_age integer, scans bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT c.relname::text, pg_relation_size(c.oid), pg_indexes_size(c.oid), pg_total_relation_size(c.oid), s.n_live_tup, s.n_dead_tup,
       (ceil(c.reltuples::numeric * (w.width + 28) / 8168) * 8192)::bigint,
       greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze), age(c.relfrozenxid),
       coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0)
  FROM pg_class AS c
  JOIN pg_stat_all_tables AS s ON s.relid = c.oid
  LEFT JOIN LATERAL (SELECT sum((1 - a.null_frac) * a.avg_width)::numeric AS width FROM pg_stats AS a
                      WHERE a.schemaname = 'register' AND a.tablename = c.relname AND NOT a.inherited) AS w ON c.reltuples >= 0
 WHERE c.relnamespace = 'register'::regnamespace AND c.relkind = 'r'
 ORDER BY pg_total_relation_size(c.oid) DESC, c.relname
$$;
GRANT EXECUTE ON FUNCTION register.table_health TO registry_staff;
