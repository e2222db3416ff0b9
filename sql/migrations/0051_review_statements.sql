-- Why a check of a past day comes out otherwise than it did: the change sets after a position that touched what bears on the codes, each
-- with what it touched, how, and the first law day that the rows are about. Of people and their certificates it tells no more than that
-- rows changed; of entries on credit lists no more than the public feed does.
CREATE FUNCTION register.late_changes(codes text[], after bigint, upto bigint)
RETURNS TABLE (code text, kind text, action text, "position" bigint, recorded_at timestamptz, change_set_kind text, cause text,
               source text, about_from date, fields text[], rows bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  WITH organisations AS (
    SELECT t.id, t.code, t.change_id, NULL::bigint AS ended_by, to_jsonb(t) AS content FROM register.organisation AS t
    UNION ALL SELECT h.id, h.code, h.change_id, h.ended_by, to_jsonb(h) FROM register.organisation_history AS h
  ), institutions AS (
    SELECT t.id, t.code, t.organisation_id, t.change_id, NULL::bigint AS ended_by, to_jsonb(t) AS content FROM register.institution AS t
    UNION ALL SELECT h.id, h.code, h.organisation_id, h.change_id, h.ended_by, to_jsonb(h) FROM register.institution_history AS h
  ), subject AS (
    SELECT i.code, i.id AS institution_id, i.organisation_id FROM institutions AS i WHERE i.code = ANY (codes)
    UNION
    SELECT o.code, i.id, o.id FROM organisations AS o LEFT JOIN institutions AS i ON i.organisation_id = o.id WHERE o.code = ANY (codes)
  ), at_work AS (
    SELECT DISTINCT s.code, e.person_id FROM subject AS s JOIN register.employment AS e ON e.institution_id = s.institution_id
  ), touched AS (
    SELECT s.code, 'INSTITUTION' AS kind, v.id, v.change_id, v.ended_by, NULL::date AS about, v.content
      FROM (SELECT DISTINCT code, institution_id FROM subject) AS s JOIN institutions AS v ON v.id = s.institution_id
    UNION ALL
    SELECT s.code, 'ORGANISATION', v.id, v.change_id, v.ended_by, NULL, v.content
      FROM (SELECT DISTINCT code, organisation_id FROM subject) AS s JOIN organisations AS v ON v.id = s.organisation_id
    UNION ALL
    SELECT s.code, 'ASSESSMENT', v.id, v.change_id, NULL, lower(v.valid), to_jsonb(v)
      FROM subject AS s JOIN register.assessment AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'ASSESSMENT', v.id, v.change_id, v.ended_by, lower(v.valid), to_jsonb(v)
      FROM subject AS s JOIN register.assessment_history AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'RATING', v.id, v.change_id, NULL, v.as_of, jsonb_build_object('stars', v.stars, 'score', v.score, 'certified_ratio', v.certified_ratio, 'reason', v.reason)
      FROM subject AS s JOIN register.rating AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'RATING', v.id, v.change_id, v.ended_by, v.as_of, jsonb_build_object('stars', v.stars, 'score', v.score, 'certified_ratio', v.certified_ratio, 'reason', v.reason)
      FROM subject AS s JOIN register.rating_history AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'CREDIT_ENTRY', v.id, v.change_id, NULL, NULL, NULL
      FROM subject AS s JOIN register.credit_entry AS v ON v.institution_id = s.institution_id OR v.organisation_id = s.organisation_id
    UNION ALL
    SELECT s.code, 'CREDIT_ENTRY', v.id, v.change_id, v.ended_by, NULL, NULL
      FROM subject AS s JOIN register.credit_entry_history AS v ON v.institution_id = s.institution_id OR v.organisation_id = s.organisation_id
    UNION ALL
    SELECT s.code, 'EMPLOYMENT', v.id, v.change_id, NULL, lower(v.worked), NULL
      FROM subject AS s JOIN register.employment AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'EMPLOYMENT', v.id, v.change_id, v.ended_by, lower(v.worked), NULL
      FROM subject AS s JOIN register.employment_history AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'RESIDENT_COUNT', v.id, v.change_id, NULL, v.day_from, NULL
      FROM subject AS s JOIN register.resident_count AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'RESIDENT_COUNT', v.id, v.change_id, v.ended_by, v.day_from, NULL
      FROM subject AS s JOIN register.resident_count_history AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'MEASURE', v.id, v.change_id, NULL, v.day, NULL
      FROM subject AS s JOIN register.measure_value AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT s.code, 'MEASURE', v.id, v.change_id, v.ended_by, v.day, NULL
      FROM subject AS s JOIN register.measure_value_history AS v ON v.institution_id = s.institution_id
    UNION ALL
    SELECT w.code, 'CERTIFICATE', v.id, v.change_id, NULL, v.issued_on, NULL
      FROM at_work AS w JOIN register.certificate AS v ON v.person_id = w.person_id
    UNION ALL
    SELECT w.code, 'CERTIFICATE', v.id, v.change_id, v.ended_by, v.issued_on, NULL
      FROM at_work AS w JOIN register.certificate_history AS v ON v.person_id = w.person_id
    UNION ALL
    SELECT w.code, 'CERTIFICATE_STATUS', v.id, v.change_id, NULL, v.effective_from, NULL
      FROM at_work AS w JOIN register.certificate AS c ON c.person_id = w.person_id
      JOIN register.certificate_status AS v ON v.certificate_id = c.id
  ), changed AS (
    SELECT t.code, t.kind, t.id, c.position, bool_or(x.begun) AS begun, bool_or(NOT x.begun) AS ended, coalesce(min(t.about) FILTER (WHERE x.begun AND t.kind = 'RATING'), min(t.about)) AS about_from,
           (array_agg(t.content) FILTER (WHERE x.begun))[1] AS now, (array_agg(t.content) FILTER (WHERE NOT x.begun))[1] AS before
      FROM (SELECT DISTINCT * FROM touched) AS t
     CROSS JOIN LATERAL (VALUES (t.change_id, true), (t.ended_by, false)) AS x(change_id, begun)
      JOIN register.change_set AS c ON c.id = x.change_id AND c.position > after AND c.position <= upto
     GROUP BY t.code, t.kind, t.id, c.position
  ), told AS (
    SELECT d.code, d.kind, CASE WHEN d.begun AND d.ended THEN 'AMENDED' WHEN d.begun THEN 'ADDED' ELSE 'ENDED' END AS action, d.position,
           d.about_from, f.name
      FROM changed AS d
      LEFT JOIN LATERAL (SELECT n.key AS name FROM jsonb_each(d.now) AS n
        WHERE d.before IS NOT NULL AND n.value IS DISTINCT FROM d.before -> n.key
          AND n.key NOT IN ('change_id', 'ordinal', 'ended_by', 'ended_ordinal', 'name_folded', 'name_pinyin', 'name_initials')) AS f ON true
  )
  SELECT t.code, t.kind, t.action, t.position, c.recorded_at, c.kind, c.cause, c.source, min(t.about_from),
         coalesce(array_agg(DISTINCT t.name) FILTER (WHERE t.name IS NOT NULL), '{}'),
         (SELECT count(*) FROM changed AS d WHERE (d.code, d.kind, d.position) = (t.code, t.kind, t.position)
            AND CASE WHEN d.begun AND d.ended THEN 'AMENDED' WHEN d.begun THEN 'ADDED' ELSE 'ENDED' END = t.action)
    FROM told AS t JOIN register.change_set AS c ON c.position = t.position
   GROUP BY t.code, t.kind, t.action, t.position, c.recorded_at, c.kind, c.cause, c.source
   ORDER BY t.code, t.position, t.kind, t.action
$$;
GRANT EXECUTE ON FUNCTION register.late_changes TO registry_staff;
