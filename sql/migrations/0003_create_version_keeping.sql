-- Recorded history of any table: current rows stay in the table, superseded ones move to <table>_history with the change that ended them.
CREATE FUNCTION register.current_change() RETURNS bigint LANGUAGE sql STABLE
RETURN nullif(current_setting('registry.change_id', true), '')::bigint;

CREATE FUNCTION register.ordinal_base() RETURNS integer LANGUAGE sql STABLE
RETURN coalesce(nullif(current_setting('registry.ordinal_base', true), '')::integer, 0);

-- The change set that this transaction has open; one that is published already is not open any more.
CREATE FUNCTION register.open_change() RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT register.current_change() WHERE NOT EXISTS (SELECT FROM register.change_set AS s WHERE s.id = register.current_change()));

GRANT EXECUTE ON FUNCTION register.current_change, register.ordinal_base, register.open_change TO registry_staff;

-- A row changed twice in one change set leaves one version. Outside an open change set only the data key may be rotated,
-- which leaves no version; anything else would rewrite what the register said, and is refused.
CREATE FUNCTION register.keep_superseded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  history text := TG_TABLE_NAME || '_history';
  columns text;
  qualified text;
  open_now CONSTANT bigint := register.open_change(); -- asked once, not for every row
BEGIN
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
         string_agg('o.' || quote_ident(a.attname), ', ' ORDER BY a.attnum)
    INTO columns, qualified
    FROM pg_attribute AS a
   WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
  IF TG_OP = 'UPDATE' THEN
    IF EXISTS (SELECT FROM new_rows AS n WHERE n.change_id IS DISTINCT FROM open_now) AND EXISTS (
         SELECT FROM old_rows AS o JOIN new_rows AS n USING (id)
          WHERE n.change_id IS DISTINCT FROM open_now
            AND to_jsonb(o) - ARRAY['number_hash', 'number_encrypted'] <> to_jsonb(n) - ARRAY['number_hash', 'number_encrypted'])
    THEN
      RAISE EXCEPTION 'rows of % change only within an open change set', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format(
      'INSERT INTO register.%I (%s, ended_by, ended_ordinal) SELECT %s, n.change_id, n.ordinal
         FROM old_rows AS o JOIN new_rows AS n USING (id) WHERE o.change_id <> n.change_id', history, columns, qualified);
  ELSE
    IF open_now IS NULL AND EXISTS (SELECT FROM old_rows) THEN
      RAISE EXCEPTION 'rows of % end only within an open change set', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format(
      'INSERT INTO register.%I (%s, ended_by, ended_ordinal)
       SELECT %s, register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY o.id)
         FROM old_rows AS o WHERE o.change_id IS DISTINCT FROM (SELECT register.current_change())', history, columns, qualified);
  END IF;
  RETURN NULL;
END
$$;

-- What was published up to the position as of which the transaction reads `past` (session/read_as_of): change ids up to the newest,
-- except those drawn by then and published later. Two plain values, so that reading the past is planned like reading the present;
-- containment, because `<> ALL` on a table of one import is taken to leave no row.
CREATE FUNCTION register.read_position() RETURNS bigint LANGUAGE sql STABLE
RETURN nullif(current_setting('registry.read_position', true), '')::bigint;
CREATE FUNCTION register.read_newest() RETURNS bigint LANGUAGE sql STABLE
RETURN nullif(current_setting('registry.read_newest', true), '')::bigint;
CREATE FUNCTION register.read_later() RETURNS bigint[] LANGUAGE sql STABLE
RETURN nullif(current_setting('registry.read_later', true), '')::bigint[];
GRANT EXECUTE ON FUNCTION register.read_position, register.read_newest, register.read_later TO registry_staff;

-- `past.<table>` has the columns of the table and the rows that stood in it at the position read, `past.<table>_history` those that
-- had been superseded by then. With `past` before `register` in the search path, a statement that names its tables without
-- a schema reads the past as it reads the present: under the same row-level security, since the views look with the caller's rights.
CREATE PROCEDURE register.show_past(versioned text) LANGUAGE plpgsql AS $$
DECLARE
  columns text;
  known CONSTANT text := 't.%1$I <= register.read_newest() AND NOT (SELECT register.read_later()) @> ARRAY[t.%1$I]';
  begun CONSTANT text := format(known, 'change_id');
  ended CONSTANT text := format(known, 'ended_by');
BEGIN
  SELECT string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_attribute AS a
   WHERE a.attrelid = format('register.%I', versioned)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
  EXECUTE format(
    'CREATE VIEW past.%1$I WITH (security_invoker = true) AS
     SELECT %3$s FROM register.%1$I AS t WHERE %4$s
     UNION ALL
     SELECT %3$s FROM register.%2$I AS t WHERE %4$s AND NOT (%5$s)',
    versioned, versioned || '_history', columns, begun, ended);
  EXECUTE format(
    'CREATE VIEW past.%1$I WITH (security_invoker = true) AS
     SELECT %2$s, t.ended_by, t.ended_ordinal FROM register.%1$I AS t WHERE %3$s',
    versioned || '_history', columns, ended);
  EXECUTE format('GRANT SELECT ON past.%I, past.%I TO registry_staff', versioned, versioned || '_history');
END
$$;

-- `searched` names the columns by which questions about the past find versions.
CREATE PROCEDURE register.keep_versions(versioned text, searched text[] DEFAULT '{}') LANGUAGE plpgsql AS $$
DECLARE
  searched_column text;
BEGIN
  EXECUTE format('ALTER TABLE register.%I ADD COLUMN change_id bigint NOT NULL DEFAULT register.current_change(),
                                          ADD COLUMN ordinal integer NOT NULL', versioned);
  EXECUTE format('CREATE TABLE register.%I (LIKE register.%I, ended_by bigint NOT NULL, ended_ordinal integer NOT NULL)',
                 versioned || '_history', versioned);
  -- The defaults wait for a fifth of a table: at 4,000,000 rows eighty imports of 10,000 amendments. A hundredth is four of
  -- them, so that bloat stays near one part in a hundred and plans know today's numbers. No fillfactor: every amendment
  -- changes the indexed change_id, so none could stay on its page without new index entries (HOT). History is appended
  -- to, so it is frozen slice by slice as it grows instead of whole at once.
  EXECUTE format('ALTER TABLE register.%I SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05)', versioned);
  EXECUTE format('ALTER TABLE register.%I SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)', versioned || '_history');
  EXECUTE format('CREATE INDEX ON register.%I (change_id, ordinal)', versioned);
  EXECUTE format('CREATE INDEX ON register.%I (id)', versioned || '_history');
  EXECUTE format('CREATE INDEX ON register.%I (change_id, ordinal)', versioned || '_history');
  EXECUTE format('CREATE INDEX ON register.%I (ended_by, ended_ordinal)', versioned || '_history');
  FOREACH searched_column IN ARRAY searched LOOP
    EXECUTE format('CREATE INDEX ON register.%I (%I)', versioned || '_history', searched_column);
  END LOOP;
  EXECUTE format('CREATE TRIGGER keep_amended AFTER UPDATE ON register.%I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                  FOR EACH STATEMENT EXECUTE FUNCTION register.keep_superseded()', versioned);
  EXECUTE format('CREATE TRIGGER keep_ended AFTER DELETE ON register.%I REFERENCING OLD TABLE AS old_rows
                  FOR EACH STATEMENT EXECUTE FUNCTION register.keep_superseded()', versioned);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON register.%I TO registry_staff', versioned);
  EXECUTE format('ALTER TABLE register.%I ENABLE ROW LEVEL SECURITY', versioned);
  EXECUTE format('ALTER TABLE register.%I ENABLE ROW LEVEL SECURITY', versioned || '_history');
  EXECUTE format('CREATE POLICY only_in_open_change ON register.%I AS RESTRICTIVE FOR INSERT TO registry_staff
                  WITH CHECK (change_id = (SELECT register.open_change()))', versioned);
  EXECUTE format('GRANT SELECT ON register.%I TO registry_staff', versioned || '_history');
  CALL register.show_past(versioned);
END
$$;

-- Tables whose rows every staff member may see, whatever the region.
CREATE PROCEDURE register.show_to_all_staff(versioned text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY all_staff ON register.%I TO registry_staff USING (true)', versioned);
  EXECUTE format('CREATE POLICY all_staff ON register.%I FOR SELECT TO registry_staff USING (true)', versioned || '_history');
END
$$;

-- What the acting person may see: 'ALL', or a region's path; unset sees nothing.
CREATE FUNCTION register.sees_all() RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(current_setting('registry.scope', true), '') = 'ALL';
GRANT EXECUTE ON FUNCTION register.sees_all TO registry_staff;
