-- The table is as good as empty when this runs: nothing is released that could have filled it.
-- squawk-ignore-file adding-field-with-default
-- What a policy has entries on credit lists do to a grade, read out of its document once. A run's grades are those before it: what
-- is in force is told when a rating is asked for, so no midnight needs a job.
ALTER TABLE register.rating_policy
  ADD COLUMN credit_caps jsonb GENERATED ALWAYS AS (nullif(canonical, '')::jsonb -> 'credit_caps') STORED;

CREATE VIEW disclosure.credit_cap AS
SELECT p.id AS policy_id, c.place, c.cap ->> 'code' AS code, c.cap ->> 'list_kind' AS list_kind, coalesce(c.cap ->> 'ground', '') AS ground,
       CASE WHEN (c.cap ->> 'suspended')::boolean THEN 0 ELSE (c.cap ->> 'at_most')::integer END AS at_most,
       coalesce((c.cap ->> 'while_disputed')::boolean, true) AS while_disputed,
       coalesce(nullif(c.cap -> 'title' ->> 'zh', ''), c.cap -> 'title' ->> 'en') AS title_zh,
       coalesce(nullif(c.cap -> 'title' ->> 'en', ''), c.cap -> 'title' ->> 'zh') AS title_en,
       nullif(c.cap ->> 'legal_basis', '') AS legal_basis
  FROM register.rating_policy AS p
 CROSS JOIN LATERAL jsonb_array_elements(p.credit_caps) WITH ORDINALITY AS c(cap, place);
COMMENT ON VIEW disclosure.credit_cap IS 'The grade that an entry of the kind (and ground, where named) leaves at most; 0: no rating.';
GRANT SELECT ON disclosure.credit_cap TO registry_staff, registry_public;
