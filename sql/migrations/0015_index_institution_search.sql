-- The tables are as good as empty when this runs: nothing is released that could have filled them.
-- squawk-ignore-file require-concurrent-index-creation, adding-field-with-default
-- Search over institutions. Names are compared in one form: compatibility forms folded (full-width letters and brackets), Latin letters small.
-- Derived, so no part of what versions keep; stored, because a walk along another index looks at many names, and folding costs five looks.
ALTER TABLE register.institution ADD COLUMN name_folded text GENERATED ALWAYS AS (lower(normalize(name, NFKC) COLLATE "C")) STORED;

-- Every two characters that stand side by side. An index on them finds Chinese names from two characters on, where trigrams need three.
CREATE FUNCTION register.name_bigrams(folded text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  characters text[] := string_to_array(folded, NULL);
  bigrams text[] := '{}';
BEGIN
  FOR place IN 2 .. cardinality(characters) LOOP
    bigrams[place - 1] := characters[place - 1] || characters[place];
  END LOOP;
  RETURN bigrams;
END
$$;
GRANT EXECUTE ON FUNCTION register.name_bigrams TO registry_public, registry_staff;

-- With a short pending list, which every search reads through; without one an import of institutions takes five times as long in here.
CREATE INDEX institution_name_bigrams ON register.institution USING gin (register.name_bigrams(name_folded)) WITH (gin_pending_list_limit = 256);
CREATE INDEX institution_name_pinyin ON register.institution (name_pinyin);
CREATE INDEX institution_name_initials ON register.institution (name_initials);
CREATE INDEX institution_spread ON register.institution (((id * 2654435761) % 4294967296), id) INCLUDE (name_folded);
CREATE INDEX assessment_grade ON register.assessment (grade, institution_id);

CREATE OR REPLACE VIEW disclosure.institution AS
SELECT id, code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code, status, beds, opened_on, closed_on, address,
       name_folded, register.name_bigrams(name_folded) AS name_bigrams
  FROM register.institution;

-- The codes of a region and all below it, as the first and the last of them; should other regions' codes stand between, each of its own follows.
CREATE FUNCTION disclosure.region_span(asked text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp
BEGIN ATOMIC
  SELECT CASE WHEN s.codes = (SELECT count(DISTINCT r.code) FROM register.region AS r WHERE r.code BETWEEN s.low AND s.high)
              THEN ARRAY[s.low, s.high] ELSE ARRAY[s.low, s.high] || s.each END
    FROM (SELECT min(b.code) AS low, max(b.code) AS high, count(*) AS codes, array_agg(b.code) AS each
            FROM (SELECT DISTINCT d.code
                    FROM register.region AS a
                    JOIN register.region AS d ON d.path >= a.path AND d.path < a.path || '0' AND (d.path = a.path OR d.path ^@ (a.path || '/'))
                   WHERE a.code = asked) AS b) AS s
   WHERE s.codes > 0;
END;

-- A search is planned for its own values each time, within a statement whose rest keeps its plan: how rare a name is decides between
-- walking an order until enough rows are found, and sorting the few that an index finds. Both run with the rights of whoever calls,
-- and alone: starting parallel workers takes longer than a page.
CREATE FUNCTION disclosure.rows_of(question text) RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 50
SET max_parallel_workers_per_gather = 0 AS $$
BEGIN
  RETURN QUERY EXECUTE question;
END
$$;

-- Up to so many hits, sorting them all is quicker than walking along an order until enough are found, if they lie evenly along it:
-- n hits cost n, the walk wanted * institutions / n.
CREATE FUNCTION disclosure.few(wanted bigint) RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT ceil(sqrt(wanted * greatest(c.reltuples, 1)::double precision))::bigint
    FROM pg_catalog.pg_class AS c
   WHERE c.oid = 'register.institution'::regclass;
END;

-- How many rows a question has, by the statistics that plans are made with. Volatile, for EXPLAIN to be allowed; it reads no row.
CREATE FUNCTION disclosure.estimated(question text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || question INTO plan;
  RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;

-- A page in an order along which hits may lie bundled. Few are collected and sorted; for many the order is walked, but only twice as
-- far as should do, and if that does not fill the page (`walked` then gives nothing) they are collected after all.
CREATE FUNCTION disclosure.page_of(hits text, walked text, collected text, wanted bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 50 SET max_parallel_workers_per_gather = 0 AS $$
BEGIN
  IF disclosure.estimated(hits) > disclosure.few(wanted) THEN
    RETURN QUERY EXECUTE walked;
    IF FOUND THEN
      RETURN;
    END IF;
  END IF;
  RETURN QUERY EXECUTE collected;
END
$$;

-- How many rows a question has: counted up to `most`, beyond that estimated from the statistics that plans are made with.
CREATE FUNCTION disclosure.counted(question text, most bigint, OUT total bigint, OUT estimated boolean) LANGUAGE plpgsql
SET max_parallel_workers_per_gather = 0 AS $$
BEGIN
  EXECUTE format('SELECT count(*) FROM (%s LIMIT %s) AS q', question, most + 1) INTO total;
  estimated := total > most;
  IF estimated THEN
    total := greatest(total, disclosure.estimated(question));
  END IF;
END
$$;
GRANT EXECUTE ON FUNCTION disclosure.region_span, disclosure.rows_of, disclosure.few, disclosure.estimated, disclosure.page_of, disclosure.counted TO registry_public, registry_staff;
