-- How often a caller may ask: dated rules by role and for single callers, and what each has taken of them.
CREATE TABLE register.request_limit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  whom text NOT NULL CHECK (whom IN ('PUBLIC', 'PROCUREMENT', 'INSTITUTION', 'REGULATOR', 'AUDITOR', 'ADMIN') OR whom ~ '^(key|oidc):.+'),
  per text NOT NULL CHECK (per IN ('MINUTE', 'DAY')),
  most integer CHECK (most >= 0),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  reason text NOT NULL CHECK (reason <> ''),
  CONSTRAINT request_limit_effective UNIQUE (whom, per, effective WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.request_limit.whom IS 'A role, for each of its callers by itself; or one caller, whose rule goes before that of its role.';
COMMENT ON COLUMN register.request_limit.most IS 'NULL: as many as it likes.';
GRANT SELECT, INSERT, UPDATE (effective), DELETE ON register.request_limit TO registry_staff;
INSERT INTO register.request_limit (whom, per, most, effective, reason) VALUES
  ('PUBLIC', 'MINUTE', 3000, '[2020-01-01,)', 'default of this release'),
  ('PUBLIC', 'DAY', 200000, '[2020-01-01,)', 'default of this release'),
  ('PROCUREMENT', 'MINUTE', 60000, '[2020-01-01,)', 'default of this release'),
  ('PROCUREMENT', 'DAY', 5000000, '[2020-01-01,)', 'default of this release'),
  ('INSTITUTION', 'MINUTE', 6000, '[2020-01-01,)', 'default of this release'),
  ('INSTITUTION', 'DAY', 200000, '[2020-01-01,)', 'default of this release'),
  ('REGULATOR', 'MINUTE', 60000, '[2020-01-01,)', 'default of this release'),
  ('AUDITOR', 'MINUTE', 60000, '[2020-01-01,)', 'default of this release'),
  ('ADMIN', 'MINUTE', 60000, '[2020-01-01,)', 'default of this release');

-- One row a caller, rewritten in place. Unlogged, so that counting waits for no disk: a crash of the server, and nothing else, forgets it.
CREATE UNLOGGED TABLE register.request_count (
  whom text PRIMARY KEY,
  minute timestamptz NOT NULL,
  in_minute integer NOT NULL,
  day date NOT NULL,
  in_day integer NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN register.request_count.whom IS 'The caller; of the public a keyed hash of the address.';
GRANT SELECT, INSERT, UPDATE, DELETE ON register.request_count TO registry_staff;

-- The limits of a day for a caller: its own before those of its role; NULL where it may ask as often as it likes.
CREATE FUNCTION register.request_limits(caller text, role text, day date, OUT per_minute integer, OUT per_day integer)
LANGUAGE sql STABLE SET search_path = register, pg_temp AS $$
  SELECT (array_agg(l.most ORDER BY (l.whom = caller) DESC) FILTER (WHERE l.per = 'MINUTE'))[1],
         (array_agg(l.most ORDER BY (l.whom = caller) DESC) FILTER (WHERE l.per = 'DAY'))[1]
    FROM register.request_limit AS l
   WHERE l.whom IN (caller, role) AND l.effective @> day
$$;

-- Takes up to `wanted` requests for a caller, counted under `counted_as`, and gives back what it did not make of those taken on a day.
-- Never more than a sixteenth of what is left at once (one at least), so that no process holds what another needs. The time is the
-- server's, read under the lock, and never goes back; so nothing is let through twice, whatever the clocks of the processes say.
CREATE FUNCTION register.take_requests(
  counted_as text, caller text, role text, wanted integer, given_back integer, given_back_of date,
  OUT granted integer, OUT of_day date, OUT per_minute integer, OUT per_day integer, OUT left_in_minute integer, OUT left_in_day integer,
  OUT minute_ends_in double precision, OUT day_ends_in double precision
) LANGUAGE plpgsql SET search_path = register, pg_temp AS $$
DECLARE
  known register.request_count;
  at timestamptz := clock_timestamp();
  share integer;
BEGIN
  of_day := (at AT TIME ZONE 'Asia/Shanghai')::date;
  SELECT l.per_minute, l.per_day INTO per_minute, per_day FROM register.request_limits(caller, role, of_day) AS l;
  IF per_minute IS NULL AND per_day IS NULL THEN
    granted := wanted;
    RETURN;
  END IF;
  INSERT INTO register.request_count VALUES (counted_as, date_trunc('minute', at), 0, of_day, 0) ON CONFLICT (whom) DO NOTHING;
  SELECT c.* INTO STRICT known FROM register.request_count AS c WHERE c.whom = counted_as FOR UPDATE;
  at := greatest(clock_timestamp(), known.minute);
  of_day := (at AT TIME ZONE 'Asia/Shanghai')::date;
  IF known.minute < date_trunc('minute', at) THEN
    known.minute := date_trunc('minute', at);
    known.in_minute := 0;
  END IF;
  IF known.day < of_day THEN
    known.day := of_day;
    known.in_day := 0;
  ELSIF known.day = given_back_of THEN
    known.in_day := greatest(known.in_day - given_back, 0);
  END IF;
  left_in_minute := greatest(coalesce(per_minute, 2147483647) - known.in_minute, 0);
  left_in_day := greatest(coalesce(per_day, 2147483647) - known.in_day, 0);
  share := least(left_in_minute, left_in_day);
  granted := least(wanted, share, greatest(share / 16, 1));
  left_in_minute := left_in_minute - granted;
  left_in_day := left_in_day - granted;
  minute_ends_in := extract(epoch FROM known.minute + interval '1 minute' - at);
  day_ends_in := extract(epoch FROM ((known.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') - at);
  UPDATE register.request_count AS c
     SET minute = known.minute, in_minute = known.in_minute + granted, day = known.day, in_day = known.in_day + granted
   WHERE c.whom = counted_as;
END
$$;
REVOKE EXECUTE ON FUNCTION register.request_limits, register.take_requests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register.request_limits, register.take_requests TO registry_staff;
