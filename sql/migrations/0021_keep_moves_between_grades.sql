-- Who moved between grades since the full run before, kept with the run: never changed, like all that a run says.
ALTER TABLE register.rating_run_policy
  ADD COLUMN moves_since_run_id bigint,
  ADD COLUMN moves jsonb;
COMMENT ON COLUMN register.rating_run_policy.moves_since_run_id IS
  'The full run before, over all policies or under this one; NULL for an incremental run and for a first one.';
COMMENT ON COLUMN register.rating_run_policy.moves IS
  'Institutions by grade after that run and after this one, as [from, to, count] with 0 for none; NULL without a run before.';

-- What a run published of its population, as one digest: its audit event tells it, and verification compares.
CREATE FUNCTION register.digest_of_distribution(part register.rating_run_policy) RETURNS text LANGUAGE sql STABLE
RETURN encode(sha256(convert_to(jsonb_build_array((part).population, (part).rated, (part).counts_by_stars, (part).weights,
                                                  (part).distribution, (part).moves_since_run_id, (part).moves)::text, 'UTF8')), 'hex');
GRANT EXECUTE ON FUNCTION register.digest_of_distribution TO registry_staff;

CREATE OR REPLACE VIEW disclosure.rating_run_policy AS
SELECT p.run_id, p.policy_id, p.weights_run_id, p.population, p.rated, p.counts_by_stars, p.weights, p.distribution,
       encode(p.input_digest, 'hex') AS input_digest, encode(p.output_digest, 'hex') AS output_digest,
       p.moves_since_run_id, p.moves
  FROM register.rating_run_policy AS p;
