-- What PostGraphile serves: the same rows by the same rules as the register discloses, read as the register reads them, with names and
-- keys by its smart tags.
CREATE SCHEMA peer;
GRANT USAGE ON SCHEMA peer TO registry_public;

CREATE VIEW peer.region AS
SELECT code, name FROM disclosure.region
 WHERE valid_from <= (SELECT register.law_today()) AND (valid_to IS NULL OR valid_to >= (SELECT register.law_today()));
COMMENT ON VIEW peer.region IS E'@primaryKey code';

CREATE VIEW peer.institution AS SELECT id, code, name, kind, beds, region_code FROM disclosure.institution;
COMMENT ON VIEW peer.institution IS
  E'@primaryKey id\n@unique code\n@foreignKey (region_code) references peer.region (code)|@fieldName region';

-- Of a view it does not know that a column always has a value; its pages would ask for NULL too and walk from the start.
COMMENT ON COLUMN peer.institution.code IS '@notNull';
COMMENT ON COLUMN peer.institution.id IS '@notNull';

CREATE FUNCTION peer.capped(institution bigint, policy bigint) RETURNS integer LANGUAGE sql STABLE AS $$
SELECT min((SELECT min(c.at_most) FROM disclosure.credit_cap AS c
             WHERE c.policy_id = policy AND c.list_kind = e.list_kind AND c.ground IN ('', e.ground_code)
               AND (c.while_disputed OR NOT e.disputed)))
  FROM (SELECT l.list_kind, l.ground_code, l.disputed FROM disclosure.listed_entry AS l WHERE l.institution_id = institution
        UNION ALL
        SELECT l.list_kind, l.ground_code, l.disputed FROM disclosure.listed_entry AS l
         WHERE l.organisation_id = (SELECT i.organisation_id FROM disclosure.institution AS i WHERE i.id = institution)) AS e
$$;
COMMENT ON FUNCTION peer.capped IS E'@omit';

CREATE VIEW peer.rating AS
SELECT r.institution_id, least(r.stars, x.capped) AS stars,
       r.score::text AS score,
       to_char(s.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS published_at
  FROM disclosure.rating AS r
  JOIN disclosure.change_set AS s ON s.id = r.change_id
 CROSS JOIN LATERAL (SELECT peer.capped(r.institution_id, r.policy_id) AS capped) AS x
 WHERE r.stars IS NOT NULL AND coalesce(x.capped, 1) > 0;
COMMENT ON VIEW peer.rating IS
  E'@primaryKey institution_id\n@foreignKey (institution_id) references peer.institution (id)|@foreignSingleFieldName rating';

CREATE VIEW peer.rating_version AS
SELECT v.institution_id, v.id, v.recorded_from, least(v.stars, x.capped) AS stars,
       v.score::text AS score,
       to_char((SELECT s.recorded_at FROM disclosure.change_set AS s WHERE s.id = v.change_id) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS published_at
  FROM disclosure.dated_rating AS v
 CROSS JOIN LATERAL (SELECT CASE WHEN v.recorded_to IS NULL THEN peer.capped(v.institution_id, v.policy_id) END AS capped) AS x
 WHERE v.stars IS NOT NULL AND coalesce(x.capped, 1) > 0;
COMMENT ON VIEW peer.rating_version IS
  E'@primaryKey id,recorded_from\n@foreignKey (institution_id) references peer.institution (id)|@foreignFieldName ratingHistory';

CREATE VIEW peer.credit_entry AS
SELECT e.institution_id, e.id, e.list_kind AS kind, e.authority, e.document_number, e.decided_on, e.in_force_to
  FROM disclosure.listed_entry AS e WHERE e.institution_id IS NOT NULL
UNION ALL
SELECT i.id, e.id, e.list_kind, e.authority, e.document_number, e.decided_on, e.in_force_to
  FROM disclosure.listed_entry AS e JOIN disclosure.institution AS i ON i.organisation_id = e.organisation_id;
COMMENT ON VIEW peer.credit_entry IS
  E'@primaryKey institution_id,id\n@foreignKey (institution_id) references peer.institution (id)|@foreignFieldName creditEntries';

COMMENT ON COLUMN peer.rating_version.recorded_from IS '@notNull';
COMMENT ON COLUMN peer.rating_version.id IS '@notNull';
COMMENT ON COLUMN peer.credit_entry.decided_on IS '@notNull';
COMMENT ON COLUMN peer.credit_entry.id IS '@notNull';

CREATE TYPE peer.answer AS (code text, stars integer, score text, reason text, codes text[]);
CREATE FUNCTION peer.answers(codes text[]) RETURNS SETOF peer.answer LANGUAGE sql STABLE ROWS 1000 AS $$
SELECT a.code, t.stars, CASE WHEN t.stars IS NOT NULL THEN n.score::text END,
       CASE WHEN n.several OR n.id IS NULL OR t.stars IS NOT NULL THEN NULL
            WHEN n.policy_id IS NOT NULL THEN (SELECT coalesce(CASE WHEN r.stars IS NULL THEN r.reason END, 'ENTRY') FROM disclosure.rating AS r
                                                WHERE r.institution_id = n.id) END,
       CASE WHEN n.several THEN ARRAY(SELECT i.code FROM disclosure.organisation AS o
         JOIN disclosure.institution AS i ON i.organisation_id = o.id AND i.status <> 'CLOSED' WHERE o.code = a.code ORDER BY i.code) END
  FROM unnest(answers.codes) WITH ORDINALITY AS a(code, place)
  LEFT JOIN LATERAL (SELECT s.* FROM disclosure.standing AS s WHERE s.code = a.code LIMIT 1) AS own ON true
  LEFT JOIN LATERAL (SELECT r.* FROM (
      SELECT array_agg(s.institution_id) AS ids, min(s.policy_id) AS policy_id, min(s.stars) AS stars, min(s.score) AS score, bool_or(s.listed) AS listed
        FROM disclosure.organisation AS o JOIN disclosure.institution AS i ON i.organisation_id = o.id AND i.status <> 'CLOSED'
        JOIN disclosure.standing AS s ON s.institution_id = i.id WHERE o.code = a.code GROUP BY o.id OFFSET 0) AS r
     WHERE own.institution_id IS NULL OFFSET 0) AS m ON true
 CROSS JOIN LATERAL (SELECT own.several OR cardinality(m.ids) > 1 AS several, coalesce(own.institution_id, m.ids[1]) AS id,
     coalesce(own.policy_id, m.policy_id) AS policy_id, coalesce(own.stars, m.stars) AS stars, coalesce(own.score, m.score) AS score,
     coalesce(own.listed, m.listed) AS listed) AS n
 CROSS JOIN LATERAL (SELECT CASE WHEN n.listed THEN peer.capped(n.id, n.policy_id) END AS capped) AS x
 CROSS JOIN LATERAL (SELECT CASE WHEN n.several IS NOT TRUE AND n.stars IS NOT NULL AND coalesce(x.capped, 1) > 0 THEN least(n.stars, x.capped) END AS stars) AS t
 ORDER BY a.place
$$;

GRANT SELECT ON ALL TABLES IN SCHEMA peer TO registry_public;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA peer TO registry_public;
