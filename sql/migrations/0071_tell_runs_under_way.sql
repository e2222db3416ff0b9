-- How far a run is, for those who watch it. Kept for a week; what a run did stands in rating_run for good.
CREATE TABLE register.run_progress (
  run_id bigint PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('FULL', 'INCREMENTAL')),
  as_of date NOT NULL,
  cause text NOT NULL,
  holder text NOT NULL,
  stage text NOT NULL DEFAULT 'READ' CHECK (stage IN ('READ', 'SCORE', 'WRITE')),
  started_at timestamptz NOT NULL DEFAULT now(),
  stage_begun_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE register.run_progress IS 'Written beside the transaction of the run, which nobody sees before it ends.';
COMMENT ON COLUMN register.run_progress.holder IS 'The transaction that holds the lock of the run, as pg_locks calls it.';
ALTER TABLE register.run_progress ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_staff ON register.run_progress TO registry_staff USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON register.run_progress TO registry_staff;

-- The transaction that holds the lock that lets one run at a time (run/try_lock); NULL while no run goes on.
CREATE FUNCTION register.run_holder() RETURNS text LANGUAGE sql VOLATILE
BEGIN ATOMIC
  SELECT l.virtualtransaction
    FROM pg_catalog.pg_locks AS l
   WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
     AND (l.classid::bigint << 32 | l.objid::bigint) = 7265676973747275;
END;
GRANT EXECUTE ON FUNCTION register.run_holder TO registry_staff;

-- Every run with its state: what is not published and does not go on has failed, whatever ended it. A transaction's name returns only
-- after a restart of the server, when there is a later run or none.
CREATE VIEW register.run_told WITH (security_invoker = true) AS
SELECT p.run_id AS id, p.kind, p.as_of, p.cause, p.stage, p.started_at, p.stage_begun_at,
       CASE WHEN EXISTS (SELECT FROM register.rating_run AS r WHERE r.id = p.run_id) THEN 'PUBLISHED'
            WHEN p.run_id = (SELECT max(n.run_id) FROM register.run_progress AS n) AND p.holder = register.run_holder() THEN 'UNDER_WAY'
            ELSE 'FAILED' END AS state
  FROM register.run_progress AS p
UNION ALL
SELECT r.id, r.kind, r.as_of, r.cause, 'WRITE', r.started_at, r.finished_at, 'PUBLISHED'
  FROM register.rating_run AS r
 WHERE NOT EXISTS (SELECT FROM register.run_progress AS p WHERE p.run_id = r.id);
GRANT SELECT ON register.run_told TO registry_staff;
