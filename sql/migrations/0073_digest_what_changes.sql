-- What an act replaced and what it left, as digests for its audit event: whoever alters a kept version afterwards, in place and behind
-- every trigger, no longer has what the chain tells of.

-- The columns that stand in a digest, in the order of the table. Left out is what erasure takes away, from every version, and what the
-- rotation of the data key writes anew: a digest of a name would be the name, for whoever guesses it, and stays when the person is gone.
-- A column that is added later stands at the end, where an absent value leaves no trace, so that earlier digests still hold.
CREATE FUNCTION register.digested_columns(relation text) RETURNS text LANGUAGE sql STABLE
RETURN (
  SELECT string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute AS a
   WHERE a.attrelid = format('register.%I', relation)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     AND a.attname NOT IN ('change_id', 'ordinal') AND (relation, a.attname) <> ('organisation', 'legal_representative')
     AND NOT EXISTS (SELECT FROM register.personal_column AS p WHERE p.relation = digested_columns.relation AND p.column_name = a.attname));

-- How many ordinals of a change set go into one block: a block is hashed at once, and digests are told of blocks.
CREATE FUNCTION register.digest_block() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 4096;

-- A change set with more rows than this is digested by an event of its own, afterwards and before the next checkpoint.
CREATE FUNCTION register.digest_limit() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 50000;

-- The statement that hashes the blocks of one table on one side of change sets: of one ($1, of $2 rows), or of every one.
CREATE FUNCTION register.digest_text(relation text, side text, every boolean) RETURNS text LANGUAGE sql STABLE
RETURN (
  WITH place AS (
    SELECT CASE side WHEN 'before' THEN 'ended_by' ELSE 'change_id' END AS change,
           CASE side WHEN 'before' THEN 'ended_ordinal' ELSE 'ordinal' END AS ordinal,
           CASE side WHEN 'before' THEN ARRAY[relation || '_history'] ELSE ARRAY[relation, relation || '_history'] END AS tables
  )
  SELECT format(
    'SELECT b.change_id, %1$L, %2$L, b.number, v.hash
       FROM (%3$s) AS b (change_id, number)
      CROSS JOIN LATERAL (
        SELECT sha256(convert_to(string_agg(u.said, E''\n'' ORDER BY u.ordinal, u.id), ''UTF8'')) FROM (%4$s) AS u) AS v (hash)
      WHERE v.hash IS NOT NULL',
    side, relation,
    CASE WHEN every
      THEN (SELECT string_agg(format('SELECT DISTINCT t.%I, (t.%I - 1) / register.digest_block() FROM register.%I AS t', p.change, p.ordinal, name), ' UNION ')
              FROM unnest(p.tables) AS name)
      ELSE 'SELECT $1, n FROM generate_series(0, ($2 - 1) / register.digest_block()) AS n' END,
    (SELECT string_agg(format(
              'SELECT t.%2$I AS ordinal, t.id, rtrim(ROW(t.%2$I, %3$s)::text, '',)'') AS said FROM register.%4$I AS t
                WHERE t.%1$I = b.change_id AND t.%2$I > b.number * register.digest_block() AND t.%2$I <= (b.number + 1) * register.digest_block()',
              p.change, p.ordinal, register.digested_columns(relation), name), ' UNION ALL ')
       FROM unnest(p.tables) AS name))
    FROM place AS p);

CREATE FUNCTION register.digest_lines(lines text[]) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT encode(sha256(convert_to(string_agg(l.line, E'\n' ORDER BY l.line COLLATE "C"), 'UTF8')), 'hex') FROM unnest(lines) AS l (line));

-- One function a table, whose plan is kept by the session: making it takes many times as long as using it. Written anew after
-- migrations, so that it knows every table and column.
CREATE PROCEDURE register.write_digests() LANGUAGE plpgsql AS $$
DECLARE
  versioned text;
BEGIN
  FOR versioned IN SELECT k.versioned FROM register.change_kind AS k LOOP
    EXECUTE format(
      'CREATE OR REPLACE FUNCTION register.%I(bigint, integer) RETURNS TABLE (change bigint, side text, relation text, number integer, hash bytea)
       LANGUAGE plpgsql STABLE AS $body$BEGIN RETURN QUERY %s UNION ALL %s; END$body$',
      'digest_' || versioned, register.digest_text(versioned, 'before', false), register.digest_text(versioned, 'after', false));
  END LOOP;
END
$$;
CALL register.write_digests();

-- What a change set of so many rows replaced and left in the tables named, each as the hash of its blocks; NULL where there was nothing.
-- As the owner, since whoever acts may not see all that follows from the act. Settings decide how values are written, so they are fixed.
CREATE FUNCTION register.digest_rows(change_id bigint, rows integer, relations text[], OUT before_digest text, OUT after_digest text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1
SET jit = off SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  versioned text;
  told text[] := '{}';
  left_behind text[] := '{}';
  block record;
BEGIN
  FOREACH versioned IN ARRAY relations LOOP
    FOR block IN EXECUTE format('SELECT b.side, b.relation || '' '' || b.number || '' '' || encode(b.hash, ''hex'') AS line FROM register.%I($1, $2) AS b',
                                'digest_' || versioned) USING change_id, rows LOOP
      IF block.side = 'before' THEN told := told || block.line; ELSE left_behind := left_behind || block.line; END IF;
    END LOOP;
  END LOOP;
  before_digest := register.digest_lines(told);
  after_digest := register.digest_lines(left_behind);
END
$$;

-- Of the open change set, whose rows are in the tables that this transaction wrote to; `form` tells how to verify the digests. A change
-- set that is too large is digested apart, by an event of its own, so that nobody waits for it.
CREATE FUNCTION register.digest_change(rows integer, OUT form text, OUT before_digest text, OUT after_digest text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  relations CONSTANT text[] := ARRAY(
    SELECT k.versioned FROM register.change_kind AS k CROSS JOIN LATERAL (SELECT format('register.%I', k.versioned)::regclass AS oid) AS t
     WHERE pg_stat_get_xact_tuples_inserted(t.oid) + pg_stat_get_xact_tuples_updated(t.oid) + pg_stat_get_xact_tuples_deleted(t.oid) > 0);
BEGIN
  IF rows > register.digest_limit() THEN
    form := 'apart';
    RETURN;
  END IF;
  form := 'versions';
  SELECT d.before_digest, d.after_digest INTO before_digest, after_digest
    FROM register.digest_rows(register.open_change(), rows, relations) AS d;
  IF rows > 0 AND before_digest IS NULL AND after_digest IS NULL THEN
    RAISE EXCEPTION 'a change set of % rows left no version to digest', rows USING ERRCODE = 'data_corrupted';
  END IF;
END
$$;

-- Large change sets that no event digests yet, and the digests of one.
CREATE FUNCTION register.undigested_changes() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT s.position FROM register.change_set AS s
   WHERE s.changes > register.digest_limit()
     AND NOT EXISTS (SELECT FROM register.audit_event AS e WHERE e.subject = 'change-set:' || s.position AND e.action = 'digestChangeSet')
   ORDER BY s.position
$$;
CREATE FUNCTION register.digest_published(published_position bigint, OUT before_digest text, OUT after_digest text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT d.before_digest, d.after_digest FROM register.change_set AS s
   CROSS JOIN LATERAL register.digest_rows(s.id, s.changes, ARRAY(SELECT k.versioned FROM register.change_kind AS k)) AS d
   WHERE s.position = published_position
$$;

-- Change sets whose versions are not what their digests were taken of: somebody altered, added or removed one in place.
CREATE FUNCTION register.find_altered() RETURNS TABLE (rule text, subject text, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1 SET jit = off AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'WITH told AS (
       SELECT s.id, s.position, e.payload::jsonb ->> ''before'' AS before_digest, e.payload::jsonb ->> ''after'' AS after_digest
         FROM register.audit_event AS e
         JOIN register.change_set AS s ON s.position = (e.payload::jsonb -> ''details'' ->> ''position'')::bigint
        WHERE e.payload::jsonb -> ''details'' ->> ''digests'' = ''versions''
       UNION ALL
       SELECT s.id, s.position, e.payload::jsonb ->> ''before'', e.payload::jsonb ->> ''after''
         FROM register.audit_event AS e JOIN register.change_set AS s ON ''change-set:'' || s.position = e.subject
        WHERE e.action = ''digestChangeSet''
     ), kept AS (
       SELECT b.id, register.digest_lines(array_agg(b.line) FILTER (WHERE b.side = ''before'')) AS before_digest,
              register.digest_lines(array_agg(b.line) FILTER (WHERE b.side = ''after'')) AS after_digest
         FROM (SELECT v.id, v.side, v.relation || '' '' || v.number || '' '' || encode(v.hash, ''hex'') AS line
                 FROM (%s) AS v (id, side, relation, number, hash)) AS b
        GROUP BY b.id
     )
     SELECT ''change-set.altered'', ''change set '' || t.position,
            concat_ws('' and '', CASE WHEN t.after_digest IS DISTINCT FROM k.after_digest THEN ''what it left'' END,
                              CASE WHEN t.before_digest IS DISTINCT FROM k.before_digest THEN ''what it replaced'' END)
       FROM told AS t LEFT JOIN kept AS k ON k.id = t.id
      WHERE (t.before_digest, t.after_digest) IS DISTINCT FROM (k.before_digest, k.after_digest)
      ORDER BY t.position',
    (SELECT string_agg(register.digest_text(k.versioned, s.side, true), ' UNION ALL ')
       FROM register.change_kind AS k CROSS JOIN (VALUES ('before'), ('after')) AS s (side)));
END
$$;

-- What is kept without versions, as one digest of the rows that a column's value names; NULL where there are none. Of these tables alone.
CREATE FUNCTION register.digest_record(relation text, named_by text, value text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE
  digest text;
BEGIN
  IF relation <> ALL (ARRAY['api_key', 'webhook', 'request_limit', 'retention_rule', 'personal_key', 'person', 'complaint', 'calendar_day',
                            'region_statistic', 'import_batch', 'rating_run_policy', 'occupation']) THEN
    RAISE EXCEPTION 'records of % have no digest', relation USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format('SELECT encode(sha256(convert_to(string_agg(r.said, E''\n'' ORDER BY r.said COLLATE "C"), ''UTF8'')), ''hex'')
                    FROM (SELECT t::text AS said FROM register.%I AS t WHERE $1 IS NULL OR t.%I::text = $1) AS r', relation, named_by)
    INTO digest USING value;
  RETURN digest;
END
$$;
GRANT EXECUTE ON FUNCTION register.digest_change, register.undigested_changes, register.digest_published, register.find_altered,
  register.digest_record TO registry_staff;
