-- squawk-ignore-file ban-drop-constraint, adding-not-nullable-field
-- A run that changes every rating of a nation writes them in one statement; what was asked of each row is asked of the statement.

-- That the run stands is one question, not one per rating: the constraint's took a tenth of a run that changes all. Runs are never
-- deleted, which rating_run_policy sees to: every run that publishes has a row there.
ALTER TABLE register.rating DROP CONSTRAINT rating_run_id_fkey;
CREATE FUNCTION register.require_run() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  unknown CONSTANT bigint := (
    SELECT n.run_id FROM (SELECT DISTINCT w.run_id FROM new_rows AS w) AS n
     WHERE NOT EXISTS (SELECT FROM rating_run AS r WHERE r.id = n.run_id) LIMIT 1);
BEGIN
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'ratings name run %, which is not there', unknown USING ERRCODE = 'foreign_key_violation', TABLE = 'rating', COLUMN = 'run_id';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER require_run AFTER INSERT ON register.rating REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.require_run();
CREATE TRIGGER require_run_anew AFTER UPDATE ON register.rating REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.require_run();

-- So it is written before its ratings, and how long it took when they are there.
GRANT UPDATE (finished_at, durations_ms) ON register.rating_run TO registry_staff;
CREATE POLICY finish_in_open_change ON register.rating_run FOR UPDATE TO registry_staff
  USING (change_id = (SELECT register.open_change())) WITH CHECK (change_id = (SELECT register.open_change()));

-- Which standings a statement moves is told by its own rows; the table of them is wide and mostly stays as it is. Ids are unique, which
-- nothing tells the planner of such rows: without the fence and the settings it reads all standings or sorts whole rows on disk.
CREATE FUNCTION register.stand_rated_anew() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = register, pg_temp SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  UPDATE standing AS s
     SET policy_id = m.policy_id, stars = m.stars, score = m.score, certified_ratio = m.certified_ratio
    FROM (SELECT n.institution_id, n.policy_id, n.stars, n.score, n.certified_ratio
            FROM new_rows AS n JOIN old_rows AS o USING (id)
           WHERE (o.policy_id, o.stars, o.score, o.certified_ratio)
                 IS DISTINCT FROM (n.policy_id, n.stars, n.score, n.certified_ratio)
          OFFSET 0) AS m
   WHERE s.institution_id = m.institution_id;
  RETURN NULL;
END
$$;
DROP TRIGGER stand_rated_anew ON register.rating;
CREATE TRIGGER stand_rated_anew AFTER UPDATE ON register.rating REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_rated_anew();

-- Ranks in blocks of 1,000 institution ids, of those alone that have one: rank of institution i = ranks[place of i % 1000 among the members].
-- Packing a thousand places each time, of which most were empty, took a sixth of writing a run.
ALTER TABLE register.rating_rank_block ADD COLUMN members integer[];
UPDATE register.rating_rank_block AS b
   SET members = r.members, nation = r.nation, region = r.region, kind = r.kind
  FROM register.rating_rank_block AS o
 CROSS JOIN LATERAL (
    SELECT coalesce(array_agg((u.place - 1)::integer ORDER BY u.place), '{}') AS members, coalesce(array_agg(u.nation ORDER BY u.place), '{}') AS nation,
           coalesce(array_agg(u.region ORDER BY u.place), '{}') AS region, coalesce(array_agg(u.kind ORDER BY u.place), '{}') AS kind
      FROM unnest(o.nation, o.region, o.kind) WITH ORDINALITY AS u (nation, region, kind, place)
     WHERE u.nation > 0) AS r
 WHERE (b.run_id, b.policy_id, b.block) = (o.run_id, o.policy_id, o.block);
ALTER TABLE register.rating_rank_block ALTER COLUMN members SET NOT NULL;
COMMENT ON COLUMN register.rating_rank_block.members IS 'Institution ids modulo 1,000, rising: those that have a rank, in whose order the ranks stand.';
CREATE OR REPLACE VIEW disclosure.rating_rank_block AS
SELECT b.run_id, b.policy_id, b.block, b.nation, b.region, b.kind, b.members FROM register.rating_rank_block AS b;
