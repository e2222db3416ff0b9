-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion, ban-drop-function
-- Searches at national scale. Looking at a row costs ten times what looking at its index entry costs, so an index that is walked in order
-- holds what most filters ask for.
DROP INDEX register.institution_spread, register.institution_name, register.institution_beds;
CREATE INDEX institution_spread ON register.institution (((id * 2654435761) % 4294967296), id) INCLUDE (name_folded, region_code, kind, status, beds);
CREATE INDEX institution_name ON register.institution (name, id) INCLUDE (name_folded, region_code, kind, status, beds);
CREATE INDEX institution_code ON register.institution (code, id) INCLUDE (name_folded, region_code, kind, status, beds);
CREATE INDEX institution_beds ON register.institution (beds, id) INCLUDE (name_folded, region_code, kind, status);

-- The name of a region is asked for with every row of a page; the index of the temporal key takes four times as long.
CREATE INDEX region_named ON register.region (code) INCLUDE (id, name, name_en, parent_code, level, valid);

-- Pairs of characters with the sixteenth of the spread in which their institution lies: the next page of a name that is neither rare
-- nor common is found in two of them, where its every bearer would have to be looked at.
CREATE FUNCTION register.name_bigrams(folded text, slice bigint) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  characters text[] := string_to_array(folded, NULL);
  bigrams text[] := '{}';
BEGIN
  FOR place IN 2 .. cardinality(characters) LOOP
    bigrams[place - 1] := characters[place - 1] || characters[place] || slice;
  END LOOP;
  RETURN bigrams;
END
$$;
GRANT EXECUTE ON FUNCTION register.name_bigrams(text, bigint) TO registry_public, registry_staff;
-- They are behind a look at the name itself wherever an order is walked, so that few rows pay for them.
ALTER FUNCTION register.name_bigrams(text) COST 4;
ALTER FUNCTION register.name_bigrams(text, bigint) COST 4;
CREATE INDEX institution_name_slices ON register.institution
  USING gin (register.name_bigrams(name_folded, ((id * 2654435761) % 4294967296) >> 28)) WITH (gin_pending_list_limit = 256);

CREATE OR REPLACE VIEW disclosure.institution AS
SELECT id, code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code, status, beds, opened_on, closed_on, address,
       name_folded, register.name_bigrams(name_folded) AS name_bigrams,
       register.name_bigrams(name_folded, ((id * 2654435761) % 4294967296) >> 28) AS name_slices
  FROM register.institution;

-- The rating of every institution that has one, beside what it is searched by: an order of ratings is walked here. Derived: no part of
-- what versions keep.
CREATE TABLE register.standing (
  institution_id bigint NOT NULL,
  code text NOT NULL,
  scheme text NOT NULL,
  organisation_id bigint NOT NULL,
  name text NOT NULL,
  name_folded text NOT NULL,
  name_pinyin text NOT NULL,
  name_initials text NOT NULL,
  kind text NOT NULL,
  region_code text NOT NULL,
  status text NOT NULL,
  beds integer NOT NULL,
  policy_id bigint,
  stars smallint,
  score numeric,
  certified_ratio numeric,
  PRIMARY KEY (institution_id) INCLUDE (policy_id, stars, score, certified_ratio)
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_threshold = 1000,
        autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
COMMENT ON TABLE register.standing IS 'Derived from institution and rating by triggers: what institutions are searched and ordered by.';
ALTER TABLE register.standing ENABLE ROW LEVEL SECURITY;

INSERT INTO register.standing
SELECT i.id, i.code, i.scheme, i.organisation_id, i.name, i.name_folded, i.name_pinyin, i.name_initials, i.kind, i.region_code, i.status, i.beds,
       r.policy_id, r.stars, r.score, r.certified_ratio
  FROM register.institution AS i
  LEFT JOIN register.rating AS r ON r.institution_id = i.id
 ORDER BY i.id;
CREATE INDEX standing_score ON register.standing (score, institution_id) INCLUDE (name_folded, region_code, kind, status, beds, stars);
CREATE INDEX standing_stars ON register.standing (stars, institution_id) INCLUDE (name_folded, region_code, kind, status, beds);
CREATE INDEX standing_certified_ratio ON register.standing (certified_ratio, institution_id) INCLUDE (name_folded, region_code, kind, status, beds, stars);
DROP INDEX register.rating_stars, register.rating_score, register.rating_certified_ratio;

CREATE FUNCTION register.stand_anew() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO standing (institution_id, code, scheme, organisation_id, name, name_folded, name_pinyin, name_initials, kind, region_code, status, beds)
    SELECT n.id, n.code, n.scheme, n.organisation_id, n.name, n.name_folded, n.name_pinyin, n.name_initials, n.kind, n.region_code, n.status, n.beds
      FROM new_rows AS n;
  ELSIF TG_OP = 'UPDATE' THEN
    UPDATE standing AS s
       SET code = n.code, scheme = n.scheme, organisation_id = n.organisation_id, name = n.name, name_folded = n.name_folded, name_pinyin = n.name_pinyin,
           name_initials = n.name_initials, kind = n.kind, region_code = n.region_code, status = n.status, beds = n.beds
      FROM new_rows AS n
     WHERE s.institution_id = n.id
       AND (s.code, s.scheme, s.organisation_id, s.name, s.name_folded, s.name_pinyin, s.name_initials, s.kind, s.region_code, s.status, s.beds)
           IS DISTINCT FROM
           (n.code, n.scheme, n.organisation_id, n.name, n.name_folded, n.name_pinyin, n.name_initials, n.kind, n.region_code, n.status, n.beds);
  ELSE
    DELETE FROM standing AS s USING old_rows AS o WHERE s.institution_id = o.id;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER stand_added AFTER INSERT ON register.institution REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_anew();
CREATE TRIGGER stand_amended AFTER UPDATE ON register.institution REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_anew();
CREATE TRIGGER stand_ended AFTER DELETE ON register.institution REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_anew();

CREATE FUNCTION register.stand_rated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE standing AS s
       SET policy_id = NULL, stars = NULL, score = NULL, certified_ratio = NULL
      FROM old_rows AS o
     WHERE s.institution_id = o.institution_id;
  ELSE
    UPDATE standing AS s
       SET policy_id = n.policy_id, stars = n.stars, score = n.score, certified_ratio = n.certified_ratio
      FROM new_rows AS n
     WHERE s.institution_id = n.institution_id
       AND (s.policy_id, s.stars, s.score, s.certified_ratio) IS DISTINCT FROM (n.policy_id, n.stars, n.score, n.certified_ratio);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER stand_rated AFTER INSERT ON register.rating REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_rated();
CREATE TRIGGER stand_rated_anew AFTER UPDATE ON register.rating REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_rated();
CREATE TRIGGER stand_unrated AFTER DELETE ON register.rating REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_rated();

-- Its columns are named as those of an institution are, so that the same conditions hold of either.
CREATE VIEW disclosure.standing AS
SELECT s.institution_id, s.institution_id AS id, s.code, s.scheme, s.organisation_id, s.name, s.name_folded, s.name_pinyin, s.name_initials, s.kind,
       s.region_code, s.status, s.beds, s.policy_id, s.stars, s.score, s.certified_ratio
  FROM register.standing AS s;
GRANT SELECT ON disclosure.standing TO registry_staff, registry_public;

-- Where derived rows differ from what they are derived from.
CREATE FUNCTION register.find_misplaced() RETURNS TABLE (rule text, subject text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp
BEGIN ATOMIC
  SELECT 'standing.differs', 'institution ' || coalesce(d.id, s.institution_id), coalesce(d.code, s.code)
    FROM (SELECT i.id, i.code, i.scheme, i.organisation_id, i.name, i.name_folded, i.name_pinyin, i.name_initials, i.kind, i.region_code, i.status,
                 i.beds, r.policy_id, r.stars, r.score, r.certified_ratio
            FROM register.institution AS i
            LEFT JOIN register.rating AS r ON r.institution_id = i.id) AS d
    FULL JOIN register.standing AS s ON s.institution_id = d.id
   WHERE (d.id, d.code, d.scheme, d.organisation_id, d.name, d.name_folded, d.name_pinyin, d.name_initials, d.kind, d.region_code, d.status, d.beds,
          d.policy_id, d.stars, d.score, d.certified_ratio)
         IS DISTINCT FROM
         (s.institution_id, s.code, s.scheme, s.organisation_id, s.name, s.name_folded, s.name_pinyin, s.name_initials, s.kind, s.region_code, s.status,
          s.beds, s.policy_id, s.stars, s.score, s.certified_ratio);
END;
GRANT EXECUTE ON FUNCTION register.find_misplaced TO registry_staff;

-- Up to so many hits, sorting them all is quicker than walking along an order until enough are found, if they lie evenly along it:
-- n hits cost n, the walk an eighth of wanted * institutions / n.
CREATE OR REPLACE FUNCTION disclosure.few(wanted bigint) RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT ceil(sqrt(wanted * greatest(c.reltuples, 1)::double precision / 8))::bigint
    FROM pg_catalog.pg_class AS c
   WHERE c.oid = 'register.institution'::regclass;
END;

-- A page in an order along which hits may lie bundled. Few are collected and sorted. For many the order is walked, as far as costs
-- what collecting them would; so many that this is a third of all institutions, to the end. If that does not fill the page, they are
-- collected after all. Where hits lie evenly (`evenly`), a short walk fills the page unless they are few indeed, however wrong the
-- estimate: conditions that go together, a town and the names in it, make it far too low. `near` looks in a part of the order where the
-- page should be. `near`, and `walked` with an end, give a full page or nothing; without `hits` none are estimated, and none walked.
DROP FUNCTION disclosure.page_of(text, text, text, bigint);
CREATE FUNCTION disclosure.page_of(hits text, walked text, near text, collected text, wanted bigint, evenly boolean) RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 50 SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  few bigint;
  many bigint;
  steps bigint;
BEGIN
  IF hits IS NOT NULL THEN
    few := disclosure.few(wanted);
    many := disclosure.estimated(hits);
    -- few * few is an eighth of wanted * institutions.
    steps := CASE WHEN evenly THEN 16 * few WHEN many + few < few * few / wanted / 3 THEN 8 * (many + few) END;
    IF many > (CASE WHEN evenly THEN few / 16 ELSE few END) THEN
      RETURN QUERY EXECUTE walked USING steps;
      IF FOUND OR steps IS NULL THEN
        RETURN;
      END IF;
    END IF;
  END IF;
  IF near IS NOT NULL THEN
    RETURN QUERY EXECUTE near;
    IF FOUND THEN
      RETURN;
    END IF;
  END IF;
  RETURN QUERY EXECUTE collected;
END
$$;

-- How many rows a question has: counted up to `most`, beyond that estimated from the statistics that plans are made with. Of very
-- many the first that lie along an order (`walked`) are counted, which no index has to collect.
DROP FUNCTION disclosure.counted(text, bigint);
CREATE FUNCTION disclosure.counted(question text, walked text, most bigint, OUT total bigint, OUT estimated boolean) LANGUAGE plpgsql
SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  likely CONSTANT bigint := disclosure.estimated(question);
BEGIN
  EXECUTE format('SELECT count(*) FROM (%s LIMIT %s) AS q', CASE WHEN likely > 4 * most THEN walked ELSE question END, most + 1) INTO total;
  estimated := total > most;
  IF estimated THEN
    total := greatest(total, likely);
  END IF;
END
$$;

-- Whether a row stands that the first question asks for, or else one that the second does.
CREATE FUNCTION disclosure.either(first text, second text) RETURNS boolean LANGUAGE plpgsql STABLE
SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  found_one boolean;
BEGIN
  EXECUTE first INTO found_one;
  IF NOT found_one THEN
    EXECUTE second INTO found_one;
  END IF;
  RETURN found_one;
END
$$;
GRANT EXECUTE ON FUNCTION disclosure.few, disclosure.page_of, disclosure.counted, disclosure.either TO registry_public, registry_staff;
