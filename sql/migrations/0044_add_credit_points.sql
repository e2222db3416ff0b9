-- The table is as good as empty when this runs: nothing is released that could have filled it.
-- squawk-ignore-file adding-field-with-default
-- What a policy has entries on red lists (守信红名单) add to a score, read out of its document once. Like caps, points are told when a
-- rating is asked for and stored nowhere: the score of the run, its parts and its ranks stay what they were.
ALTER TABLE register.rating_policy
  ADD COLUMN credit_points jsonb GENERATED ALWAYS AS (nullif(canonical, '')::jsonb -> 'credit_points') STORED;

-- A number as a policy may write it: digits, a decimal, or a text such as "3/2".
CREATE FUNCTION register.exact_number(written text) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN split_part(written, '/', 1)::numeric / coalesce(nullif(split_part(written, '/', 2), ''), '1')::numeric;
GRANT EXECUTE ON FUNCTION register.exact_number TO registry_staff, registry_public;

CREATE OR REPLACE VIEW disclosure.credit_cap AS
SELECT p.id AS policy_id, c.place, c.cap ->> 'code' AS code, c.cap ->> 'list_kind' AS list_kind, coalesce(c.cap ->> 'ground', '') AS ground,
       CASE WHEN (c.cap ->> 'suspended')::boolean THEN 0 ELSE register.exact_number(c.cap ->> 'at_most')::integer END AS at_most,
       coalesce((c.cap ->> 'while_disputed')::boolean, true) AS while_disputed,
       coalesce(nullif(c.cap -> 'title' ->> 'zh', ''), c.cap -> 'title' ->> 'en') AS title_zh,
       coalesce(nullif(c.cap -> 'title' ->> 'en', ''), c.cap -> 'title' ->> 'zh') AS title_en,
       nullif(c.cap ->> 'legal_basis', '') AS legal_basis
  FROM register.rating_policy AS p
 CROSS JOIN LATERAL jsonb_array_elements(p.credit_caps) WITH ORDINALITY AS c(cap, place);

CREATE VIEW disclosure.credit_points AS
SELECT p.id AS policy_id, c.place, c.rule ->> 'code' AS code, coalesce(c.rule ->> 'ground', '') AS ground,
       round(register.exact_number(c.rule ->> 'points'), p.score_decimals::integer) AS points,
       coalesce((c.rule ->> 'while_disputed')::boolean, true) AS while_disputed,
       coalesce(nullif(c.rule -> 'title' ->> 'zh', ''), c.rule -> 'title' ->> 'en') AS title_zh,
       coalesce(nullif(c.rule -> 'title' ->> 'en', ''), c.rule -> 'title' ->> 'zh') AS title_en,
       nullif(c.rule ->> 'legal_basis', '') AS legal_basis
  FROM register.rating_policy AS p
 CROSS JOIN LATERAL jsonb_array_elements(p.credit_points) WITH ORDINALITY AS c(rule, place);
COMMENT ON VIEW disclosure.credit_points IS 'The points that an entry in force on a red list (of the ground, where named) adds to the score, each rule once.';
GRANT SELECT ON disclosure.credit_points TO registry_staff, registry_public;
