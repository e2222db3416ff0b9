-- What a delta is made of, found by indexes, so that it costs its changes whatever the size of the register.
-- Only numbers of rows go out of the functions; what a reader may see of these its views say.
-- squawk-ignore-file require-concurrent-index-creation
CREATE INDEX credit_entry_published ON register.credit_entry (published_on);

-- Tables of which everybody may learn what changed since a position.
CREATE FUNCTION register.require_exported(versioned text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF versioned = ANY ('{organisation,institution,assessment,rating,credit_entry}') THEN
    RETURN versioned;
  END IF;
  RAISE EXCEPTION 'rows of % are not exported', versioned USING ERRCODE = 'invalid_parameter_value';
END
$$;

-- Rows that stand and were added or amended after the position. The change sets are given as an array, so that nothing but the index on
-- them can be used, whatever the statistics say of tables of one import.
CREATE FUNCTION disclosure.changed_since(versioned text, since bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT t.id FROM register.%I AS t WHERE t.change_id = ANY (ARRAY(SELECT s.id FROM register.change_set AS s WHERE s.position > $1))',
    register.require_exported(versioned)) USING since;
END
$$;

-- Rows that stood at the position and of which that version does not stand any more.
CREATE FUNCTION disclosure.superseded_since(versioned text, since bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT h.id
       FROM register.%I AS h JOIN register.change_set AS s ON s.id = h.change_id
      WHERE h.ended_by = ANY (ARRAY(SELECT e.id FROM register.change_set AS e WHERE e.position > $1)) AND s.position <= $1', register.require_exported(versioned) || '_history') USING since;
END
$$;

CREATE FUNCTION register.law_day_of(since bigint) RETURNS date LANGUAGE sql STABLE
RETURN (SELECT (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date FROM register.change_set AS s WHERE s.position = since);

-- Entries of which an act after the position, or a day since its own, has changed whether or how they are in force; each with those that
-- adopt it, since these end with it.
CREATE FUNCTION register.moved_entries(since bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH moved AS MATERIALIZED (
    SELECT disclosure.changed_since('credit_entry', since) AS id
    UNION
    SELECT e.id FROM register.credit_entry AS e
     WHERE e.published_on > register.law_day_of(since) AND e.published_on <= register.law_today()
    UNION
    SELECT e.id FROM register.credit_entry AS e
     WHERE register.credit_last_day(e.last_day, e.ended_on) >= register.law_day_of(since)
       AND register.credit_last_day(e.last_day, e.ended_on) < register.law_today())
  SELECT m.id FROM moved AS m
  UNION
  SELECT a.id FROM moved AS m JOIN register.credit_entry AS a ON a.original_id = m.id
$$;

-- Of those the entries in force, as everybody may know them.
CREATE FUNCTION disclosure.entries_since(since bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = register, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  SELECT l.id FROM register.moved_entries(since) AS m JOIN disclosure.listed_entry AS l ON l.id = m
$$;

-- And those that were published by the position and are in force no more.
CREATE FUNCTION disclosure.entries_ended_since(since bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = register, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  SELECT DISTINCT m.id
    FROM register.moved_entries(since) AS m (id)
   CROSS JOIN LATERAL (
      SELECT t.published_on, t.last_day, t.ended_on, t.change_id, NULL::bigint AS ended_by FROM register.credit_entry AS t WHERE t.id = m.id
      UNION ALL
      SELECT h.published_on, h.last_day, h.ended_on, h.change_id, h.ended_by FROM register.credit_entry_history AS h WHERE h.id = m.id) AS v
    JOIN register.change_set AS s ON s.id = v.change_id
    LEFT JOIN register.change_set AS e ON e.id = v.ended_by
   WHERE s.position <= since AND (v.ended_by IS NULL OR e.position > since)
     AND v.published_on <= register.law_today() AND register.credit_last_day(v.last_day, v.ended_on) >= register.law_day_of(since)
     AND NOT EXISTS (SELECT FROM disclosure.listed_entry AS l WHERE l.id = m.id)
$$;

-- Ratings that were worked out anew, and those above which the entries on their institution moved.
CREATE FUNCTION disclosure.ratings_since(since bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = register, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  SELECT disclosure.changed_since('rating', since)
  UNION
  SELECT r.id
    FROM register.moved_entries(since) AS m JOIN register.credit_entry AS e ON e.id = m
    JOIN register.rating AS r ON r.institution_id = e.institution_id
  UNION
  SELECT r.id
    FROM register.moved_entries(since) AS m JOIN register.credit_entry AS e ON e.id = m
    JOIN register.institution AS i ON i.organisation_id = e.organisation_id
    JOIN register.rating AS r ON r.institution_id = i.id
$$;

-- Like disclosure.exported_rating, for a few: the cap of each is looked up by itself in place of all caps at once.
CREATE VIEW disclosure.exported_rating_singly AS
SELECT r.id, i.code AS institution_code, p.code || '@' || p.version AS policy, r.as_of, nullif(least(r.stars, x.at_most), 0) AS stars,
       r.stars AS stars_before_entries, x.at_most IS NOT NULL AND r.stars > x.at_most AS capped,
       round(r.score_scaled / power(10::numeric, p.score_decimals), p.score_decimals::integer) AS score, r.certified_ratio, r.reason, r.run_id
  FROM disclosure.rating AS r
  JOIN disclosure.institution AS i ON i.id = r.institution_id
  JOIN disclosure.rating_policy AS p ON p.id = r.policy_id
 CROSS JOIN LATERAL (
    SELECT min(c.at_most) AS at_most
      FROM disclosure.institution_entry AS b
      JOIN disclosure.credit_cap AS c ON c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)
     WHERE b.institution_id = r.institution_id AND c.policy_id = r.policy_id) AS x;

REVOKE EXECUTE ON FUNCTION disclosure.changed_since, disclosure.superseded_since, register.moved_entries, disclosure.entries_since,
  disclosure.entries_ended_since, disclosure.ratings_since FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disclosure.changed_since, disclosure.superseded_since, disclosure.entries_since, disclosure.entries_ended_since,
  disclosure.ratings_since TO registry_public, registry_staff;
GRANT EXECUTE ON FUNCTION register.moved_entries, register.law_day_of TO registry_staff;
GRANT SELECT ON disclosure.exported_rating_singly TO registry_public, registry_staff;
