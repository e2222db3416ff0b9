-- What PostGraphile serves: the same rows by the same rules as the register discloses, with names and keys by its smart tags.
CREATE SCHEMA peer;
GRANT USAGE ON SCHEMA peer TO registry_public;

CREATE VIEW peer.region AS
SELECT code, name FROM disclosure.region
 WHERE valid_from <= (SELECT register.law_today()) AND (valid_to IS NULL OR valid_to >= (SELECT register.law_today()));
COMMENT ON VIEW peer.region IS E'@primaryKey code';

CREATE VIEW peer.institution AS SELECT id, code, name, kind, beds, region_code FROM disclosure.institution;
COMMENT ON VIEW peer.institution IS
  E'@primaryKey id\n@unique code\n@foreignKey (region_code) references peer.region (code)|@fieldName region';

CREATE FUNCTION peer.capped(institution bigint, policy bigint) RETURNS integer LANGUAGE sql STABLE AS $$
SELECT min((SELECT min(c.at_most) FROM disclosure.credit_cap AS c
             WHERE c.policy_id = policy AND c.list_kind = e.list_kind AND c.ground IN ('', e.ground_code)
               AND (c.while_disputed OR NOT e.disputed)))
  FROM disclosure.institution_entry AS e WHERE e.institution_id = institution
$$;
COMMENT ON FUNCTION peer.capped IS E'@omit';

CREATE VIEW peer.rating AS
SELECT r.institution_id, least(r.stars, x.capped) AS stars,
       round(r.score_scaled / power(10::numeric, p.score_decimals), p.score_decimals)::text AS score,
       to_char(s.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS published_at
  FROM disclosure.rating AS r JOIN disclosure.rating_policy AS p ON p.id = r.policy_id
  JOIN disclosure.change_set AS s ON s.id = r.change_id
 CROSS JOIN LATERAL (SELECT peer.capped(r.institution_id, r.policy_id) AS capped) AS x
 WHERE r.stars IS NOT NULL AND coalesce(x.capped, 1) > 0;
COMMENT ON VIEW peer.rating IS
  E'@primaryKey institution_id\n@foreignKey (institution_id) references peer.institution (id)|@foreignSingleFieldName rating';

CREATE VIEW peer.rating_version AS
SELECT v.institution_id, v.id, v.recorded_from, least(v.stars, x.capped) AS stars,
       round(v.score_scaled / power(10::numeric, p.score_decimals), p.score_decimals)::text AS score,
       to_char(v.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS published_at
  FROM disclosure.rating_version AS v JOIN disclosure.rating_policy AS p ON p.id = v.policy_id
 CROSS JOIN LATERAL (SELECT CASE WHEN v.recorded_to IS NULL THEN peer.capped(v.institution_id, v.policy_id) END AS capped) AS x
 WHERE v.stars IS NOT NULL AND coalesce(x.capped, 1) > 0;
COMMENT ON VIEW peer.rating_version IS
  E'@primaryKey id,recorded_from\n@foreignKey (institution_id) references peer.institution (id)|@foreignFieldName ratingHistory';

CREATE VIEW peer.credit_entry AS
SELECT b.institution_id, e.id, e.list_kind AS kind, e.authority, e.document_number, e.decided_on, e.in_force_to
  FROM disclosure.institution_entry AS b JOIN disclosure.listed_entry AS e ON e.id = b.entry_id;
COMMENT ON VIEW peer.credit_entry IS
  E'@primaryKey institution_id,id\n@foreignKey (institution_id) references peer.institution (id)|@foreignFieldName creditEntries';

CREATE TYPE peer.answer AS (code text, stars integer, score text, reason text, codes text[]);
CREATE FUNCTION peer.answers(codes text[]) RETURNS SETOF peer.answer LANGUAGE sql STABLE ROWS 1000 AS $$
SELECT a.code, t.stars, t.score,
       CASE WHEN cardinality(m.codes) > 1 OR n.id IS NULL OR t.stars IS NOT NULL THEN NULL
            ELSE (SELECT coalesce(CASE WHEN r.stars IS NULL THEN r.reason END, 'ENTRY') FROM disclosure.rating AS r
                   WHERE r.institution_id = n.id) END,
       CASE WHEN cardinality(m.codes) > 1 THEN m.codes END
  FROM unnest(answers.codes) WITH ORDINALITY AS a(code, place)
  LEFT JOIN LATERAL (SELECT i.id FROM disclosure.institution AS i WHERE i.code = a.code LIMIT 1) AS own ON true
  LEFT JOIN LATERAL (SELECT array_agg(i.id) AS ids, array_agg(i.code ORDER BY i.code) AS codes FROM disclosure.organisation AS o
     JOIN disclosure.institution AS i ON i.organisation_id = o.id AND i.status <> 'CLOSED' WHERE o.code = a.code) AS m ON true
 CROSS JOIN LATERAL (SELECT CASE WHEN cardinality(m.ids) > 1 THEN NULL ELSE coalesce(own.id, m.ids[1]) END AS id) AS n
  LEFT JOIN LATERAL (SELECT r.stars, r.score FROM peer.rating AS r WHERE r.institution_id = n.id) AS t ON true
 ORDER BY a.place
$$;

GRANT SELECT ON ALL TABLES IN SCHEMA peer TO registry_public;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA peer TO registry_public;
