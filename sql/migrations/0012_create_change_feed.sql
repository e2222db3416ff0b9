-- The change feed: what each change set added, amended (with the previous content) or ended, derived from the versions themselves.
-- Kinds that only staff may see, under their row-level security; no number, hash or cipher text is in any content.
-- What was erased is in none either: the entry of the erasure says so, and earlier ones have lost it.
-- Codes of what a row belongs to are found though it has ended since.
CREATE VIEW register.person_version WITH (security_invoker = true) AS
SELECT v.*, v.number_mask AS code, s.position AS recorded_from, e.position AS recorded_to,
       CASE WHEN v.number_hash IS NOT NULL
            THEN json_build_object('numberMask', v.number_mask, 'name', v.name, 'education', v.education,
                                   'registeredOn', v.registered_on) END AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.person AS t
        UNION ALL SELECT h.* FROM register.person_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW register.employment_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)) AS code,
       s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('institutionCode', coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)),
                         'numberMask', coalesce(p.number_mask, (SELECT f.number_mask FROM register.person_history AS f WHERE f.id = v.person_id LIMIT 1)),
                         'occupation', v.occupation, 'startedOn', lower(v.worked),
                         'endedOn', upper(v.worked) - 1, 'fteThousandths', v.fte_thousandths, 'positionTitle', v.position_title,
                         'dispatchedBy', coalesce(d.code, (SELECT f.code FROM register.organisation_history AS f WHERE f.id = v.dispatched_by LIMIT 1)),
                         'appointedLevel', v.appointed_level) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.employment AS t
        UNION ALL SELECT h.* FROM register.employment_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id
  LEFT JOIN register.organisation AS d ON d.id = v.dispatched_by
  LEFT JOIN register.person AS p ON p.id = v.person_id;

CREATE VIEW register.certificate_version WITH (security_invoker = true) AS
SELECT v.*, v.number AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('number', v.number,
                         'numberMask', coalesce(p.number_mask, (SELECT f.number_mask FROM register.person_history AS f WHERE f.id = v.person_id LIMIT 1)),
                         'kind', v.kind, 'occupation', v.occupation, 'level', v.level,
                         'issuedOn', v.issued_on, 'expiresOn', v.expires_on,
                         'evaluatorCode', coalesce(o.code, (SELECT f.code FROM register.evaluation_organisation_history AS f WHERE f.id = v.evaluation_organisation_id LIMIT 1))) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.certificate AS t
        UNION ALL SELECT h.* FROM register.certificate_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.person AS p ON p.id = v.person_id
  LEFT JOIN register.evaluation_organisation AS o ON o.id = v.evaluation_organisation_id;

CREATE VIEW register.certificate_status_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(c.number, (SELECT f.number FROM register.certificate_history AS f WHERE f.id = v.certificate_id LIMIT 1)) AS code,
       s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('number', coalesce(c.number, (SELECT f.number FROM register.certificate_history AS f WHERE f.id = v.certificate_id LIMIT 1)),
                         'status', v.status, 'effectiveFrom', v.effective_from) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.certificate_status AS t
        UNION ALL SELECT h.* FROM register.certificate_status_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.certificate AS c ON c.id = v.certificate_id;

CREATE VIEW register.resident_count_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)) AS code,
       s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('institutionCode', coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)),
                         'abilityClass', v.ability_class, 'dayFrom', v.day_from, 'headcount', v.headcount) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.resident_count AS t
        UNION ALL SELECT h.* FROM register.resident_count_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;

CREATE VIEW register.measure_value_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)) AS code,
       s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('institutionCode', coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)),
                         'measureCode', v.measure_code, 'day', v.day, 'value', v.value::text, 'flag', v.flag) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.measure_value AS t
        UNION ALL SELECT h.* FROM register.measure_value_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;

CREATE VIEW register.organisation_version WITH (security_invoker = true) AS
SELECT v.*, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('code', v.code, 'name', v.name, 'legalForm', v.legal_form, 'regionCode', v.region_code, 'status', v.status,
                         'registeredOn', v.registered_on, 'address', v.address, 'legalRepresentative', v.legal_representative) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.organisation AS t
        UNION ALL SELECT h.* FROM register.organisation_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

-- What the feed tells of. The view `<versioned>_version` in `register` is what staff read, the one in `disclosure` what everybody
-- reads; where there is but one of them it serves both, or staff alone.
CREATE TABLE register.change_kind (
  kind text PRIMARY KEY,
  versioned text NOT NULL UNIQUE
);
GRANT SELECT ON register.change_kind TO registry_staff;

CREATE FUNCTION register.find_view(view_name text) RETURNS regclass LANGUAGE sql STABLE
RETURN (SELECT c.oid::regclass FROM pg_class AS c WHERE c.oid = to_regclass(view_name) AND c.relkind = 'v');

-- A page is found by the indexes on change and ordinal alone, each with a limit of its own, so that it costs a page however large the
-- change set in which it lies. What everybody reads may lack what was amended (`partly`): then there is nothing to tell.
CREATE FUNCTION register.entries_text(kind text, versioned text, versions regclass, partly boolean) RETURNS text LANGUAGE sql STABLE
RETURN format($branches$
    (SELECT %1$L::text AS kind, t.id, t.ordinal, false AS ended FROM register.%2$I AS t
      WHERE t.change_id = a_set.id AND t.ordinal > after_ordinal AND (kinds IS NULL OR %1$L = ANY (kinds))%4$s ORDER BY t.ordinal LIMIT wanted)
    UNION ALL
    (SELECT %1$L, t.id, t.ordinal, false FROM register.%3$I AS t
      WHERE t.change_id = a_set.id AND t.ordinal > after_ordinal AND (kinds IS NULL OR %1$L = ANY (kinds))%4$s ORDER BY t.ordinal LIMIT wanted)
    UNION ALL
    (SELECT %1$L, t.id, t.ended_ordinal, true
       FROM (SELECT h.id, h.ended_ordinal FROM register.%3$I AS h
              WHERE h.ended_by = a_set.id AND h.ended_ordinal > after_ordinal AND (kinds IS NULL OR %1$L = ANY (kinds))
              ORDER BY h.ended_ordinal LIMIT %5$s) AS t
      WHERE NOT EXISTS (SELECT FROM register.%2$I AS n WHERE n.id = t.id AND n.change_id = a_set.id)
        AND NOT EXISTS (SELECT FROM register.%3$I AS n WHERE n.id = t.id AND n.change_id = a_set.id)
      ORDER BY t.ended_ordinal LIMIT wanted)$branches$,
  kind, versioned, versioned || '_history',
  CASE WHEN partly THEN format(
    ' AND NOT EXISTS (SELECT FROM %1$s AS v JOIN %1$s AS p ON p.id = v.id AND p.ended_by = a_set.id
       WHERE v.id = t.id AND v.change_id = a_set.id AND v.content::text = p.content::text)', versions) ELSE '' END,
  -- An amended row gave up its former version under its own ordinal, so it stands among the entries as well; untold ones do not.
  CASE WHEN partly THEN 'NULL' ELSE 'wanted' END);

-- Each content is looked up by itself, whatever the planner thinks of the number of entries.
CREATE FUNCTION register.contents_text(kind text, versions regclass) RETURNS text LANGUAGE sql STABLE
RETURN format($branch$
  SELECT e.change_id, e.position, e.ordinal, e.kind,
         CASE WHEN e.ended THEN 'ENDED' WHEN e.erasing THEN 'ERASED' WHEN p.id IS NULL THEN 'ADDED' ELSE 'AMENDED' END,
         e.entity_id, coalesce(c.code, p.code), CASE WHEN NOT e.erasing THEN c.content END, CASE WHEN NOT e.erasing THEN p.content END
    FROM entry AS e
    LEFT JOIN LATERAL (SELECT v.code, v.content FROM %2$s AS v WHERE v.id = e.entity_id AND v.change_id = e.change_id LIMIT 1) AS c ON true
    LEFT JOIN LATERAL (SELECT v.id, v.code, v.content FROM %2$s AS v WHERE v.id = e.entity_id AND v.ended_by = e.change_id LIMIT 1) AS p ON true
   WHERE e.kind = %1$L$branch$, kind, versions);

-- Writes the two functions of a feed: `find_changes` tells which changes follow a place in the feed, `changes` also what they say.
-- Whatever the statistics say, a few entries are wanted, each by an index; so they are planned once a session and in that manner.
CREATE PROCEDURE register.write_feed(schema_name text, rights text, entries text, contents text) LANGUAGE plpgsql AS $$
DECLARE
  arguments CONSTANT text := 'from_position bigint, from_ordinal bigint, most bigint, kinds text[]';
  manner CONSTANT text := 'STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off '
                          'SET enable_hashjoin = off SET enable_mergejoin = off ' || rights;
BEGIN
  EXECUTE format($text$
    CREATE OR REPLACE FUNCTION %1$I.find_changes(%2$s)
    RETURNS TABLE (change_id bigint, "position" bigint, ordinal integer, kind text, entity_id bigint, ended boolean, erasing boolean)
    LANGUAGE plpgsql %3$s AS %4$L$text$,
    schema_name, arguments, manner, format($body$
      #variable_conflict use_column
      DECLARE
        a_set record;
        after_ordinal bigint;
        wanted bigint := most;
        found_now bigint;
      BEGIN
        FOR a_set IN
          SELECT s.id, s.position, s.kind FROM register.change_set AS s WHERE s.position >= from_position ORDER BY s.position
        LOOP
          after_ordinal := CASE WHEN a_set.position = from_position THEN from_ordinal ELSE 0 END;
          RETURN QUERY
          SELECT a_set.id, a_set.position, u.ordinal, u.kind, u.id, u.ended, a_set.kind = 'ERASURE'
            FROM (%s) AS u ORDER BY u.ordinal LIMIT wanted;
          GET DIAGNOSTICS found_now = ROW_COUNT;
          wanted := wanted - found_now;
          EXIT WHEN wanted <= 0;
        END LOOP;
      END
      $body$, entries));
  EXECUTE format($text$
    CREATE OR REPLACE FUNCTION %1$I.changes(%2$s)
    RETURNS TABLE (change_id bigint, "position" bigint, ordinal integer, kind text, action text, entity_id bigint, code text,
                   current json, previous json) LANGUAGE sql %3$s AS %4$L$text$,
    schema_name, arguments, manner, format($body$
      WITH entry AS MATERIALIZED (SELECT * FROM %I.find_changes(from_position, from_ordinal, most, kinds)) %s$body$, schema_name, contents));
END
$$;

-- To be called once for every versioned table, when the views of its versions stand.
CREATE PROCEDURE register.tell_changes(versioned text, kind text) LANGUAGE plpgsql AS $$
DECLARE
  feeds record;
BEGIN
  INSERT INTO register.change_kind (kind, versioned) VALUES (kind, versioned);
  WITH told AS (
    SELECT k.kind, k.versioned, register.find_view('register.' || k.versioned || '_version') AS internal,
           register.find_view('disclosure.' || k.versioned || '_version') AS disclosed
      FROM register.change_kind AS k
  )
  SELECT string_agg(register.entries_text(t.kind, t.versioned, t.disclosed, t.internal IS NOT NULL), ' UNION ALL ' ORDER BY t.kind)
           FILTER (WHERE t.disclosed IS NOT NULL) AS disclosed_entries,
         string_agg(register.contents_text(t.kind, t.disclosed), ' UNION ALL ' ORDER BY t.kind)
           FILTER (WHERE t.disclosed IS NOT NULL) AS disclosed_contents,
         string_agg(register.entries_text(t.kind, t.versioned, NULL, false), ' UNION ALL ' ORDER BY t.kind) AS entries,
         string_agg(register.contents_text(t.kind, coalesce(t.internal, t.disclosed)), ' UNION ALL ' ORDER BY t.kind) AS contents
    INTO feeds FROM told AS t;
  CALL register.write_feed('disclosure', 'SECURITY DEFINER SET search_path = register, pg_temp',
                           feeds.disclosed_entries, feeds.disclosed_contents);
  CALL register.write_feed('register', '', feeds.entries, feeds.contents);
END
$$;

CALL register.tell_changes('region', 'REGION');
CALL register.tell_changes('organisation', 'ORGANISATION');
CALL register.tell_changes('institution', 'INSTITUTION');
CALL register.tell_changes('evaluation_organisation', 'EVALUATION_ORGANISATION');
CALL register.tell_changes('accreditation', 'ACCREDITATION');
CALL register.tell_changes('assessment', 'ASSESSMENT');
CALL register.tell_changes('rating_policy', 'RATING_POLICY');
CALL register.tell_changes('rating', 'RATING');
CALL register.tell_changes('person', 'PERSON');
CALL register.tell_changes('employment', 'EMPLOYMENT');
CALL register.tell_changes('certificate', 'CERTIFICATE');
CALL register.tell_changes('certificate_status', 'CERTIFICATE_STATUS');
CALL register.tell_changes('resident_count', 'RESIDENT_COUNT');
CALL register.tell_changes('measure_value', 'MEASURE');

GRANT EXECUTE ON FUNCTION disclosure.find_changes, disclosure.changes TO registry_staff, registry_public;
GRANT EXECUTE ON FUNCTION register.find_changes, register.changes TO registry_staff;

-- The whole feed.
CREATE VIEW disclosure.change AS SELECT * FROM disclosure.changes(0, 0, NULL, NULL);
CREATE VIEW register.staff_change WITH (security_invoker = true) AS SELECT * FROM register.changes(0, 0, NULL, NULL);

GRANT SELECT ON ALL TABLES IN SCHEMA disclosure TO registry_staff, registry_public;
GRANT SELECT ON register.staff_change, register.organisation_version, register.person_version, register.employment_version, register.certificate_version, register.certificate_status_version, register.resident_count_version, register.measure_value_version TO registry_staff;
