-- What an explanation reads of one institution, in one statement: who it is, what stands and what stood before (a row each, the newest
-- first), and of each version what its run read, by the very statements that runs read by. A name without a schema is that table as
-- it stood at the position that the run read; every read below hangs on the version, so each is done after who asks was told.
WITH asked AS MATERIALIZED (
  SELECT i.id, i.code, coalesce($3::bigint, (SELECT h.position FROM register.register_head AS h)) AS position
    FROM (SELECT c.id, c.code FROM register.institution AS c WHERE c.code = $1::text
          UNION ALL SELECT c.id, c.code FROM register.institution_history AS c WHERE c.code = $1::text
          UNION ALL SELECT c.id, c.code FROM register.institution AS c WHERE c.id = $2::bigint
          UNION ALL SELECT c.id, c.code FROM register.institution_history AS c WHERE c.id = $2::bigint) AS i
   LIMIT 1
), version AS MATERIALIZED (
  SELECT asked.id AS institution_id, one.*, s.newest, row_number() OVER () AS nth,
         ARRAY(SELECT l.id FROM register.change_set AS l WHERE l.position > one.read_position AND l.id < s.newest) AS later
    FROM asked
   CROSS JOIN LATERAL {explain/ratings | asked.id | asked.position} AS one
   CROSS JOIN LATERAL (
     SELECT coalesce(max(k.id), 0) AS newest FROM register.change_set AS k WHERE k.position <= one.read_position) AS s
)
SELECT asked.code, version.*, ran.edition, ran.frozen, ran.read,
       (SELECT json_agg(found) FROM {explain/listed | asked.id | asked.position | $4::date} AS found)::text AS listed
  FROM asked
  LEFT JOIN version ON true
  LEFT JOIN LATERAL (
    WITH institution AS NOT MATERIALIZED {past institution | id, scheme, kind, region_code, status, beds, opened_on, closed_on},
    region AS NOT MATERIALIZED {past region | id, code, level, path, valid},
    employment AS NOT MATERIALIZED {past employment | id, institution_id, person_id, occupation, worked, fte_thousandths, appointed_level},
    certificate AS NOT MATERIALIZED {past certificate | id, person_id, kind, occupation, level, evaluation_organisation_id, issued_on, expires_on},
    certificate_status AS NOT MATERIALIZED {past certificate_status | certificate_id, effective_from, status},
    accreditation AS NOT MATERIALIZED {past accreditation | id, evaluation_organisation_id, accredited, withdrawn_from},
    equivalence AS NOT MATERIALIZED {past equivalence | region_code, from_ladder, from_rung, to_ladder, to_rung, effective},
    person AS NOT MATERIALIZED {past person | id, education},
    resident_count AS NOT MATERIALIZED {past resident_count | institution_id, ability_class, day_from, headcount},
    measure_value AS NOT MATERIALIZED {past measure_value | institution_id, measure_code, day, value, flag},
    assessment AS NOT MATERIALIZED {past assessment | institution_id, decided_on, grade, environment, facilities, operations, service, valid},
    rating AS NOT MATERIALIZED {past rating | institution_id, policy_id, as_of, stars, score_scaled, adjustments, indicator_values, points, change_id},
    rating_history AS NOT MATERIALIZED {superseded rating | institution_id, as_of, stars, change_id},
    rating_run AS NOT MATERIALIZED (
      SELECT r.* FROM register.rating_run AS r WHERE r.change_id <= version.newest AND NOT version.later @> ARRAY[r.change_id]),
    rating_run_policy AS NOT MATERIALIZED (SELECT p.* FROM register.rating_run_policy AS p),
    occupation AS NOT MATERIALIZED (SELECT o.code FROM register.occupation AS o)
    SELECT fixed.edition,
           CASE WHEN fixed.edition <> ALL ($5::text[])
                THEN (SELECT p.frozen::text FROM register.rating_run_policy AS p
                       WHERE p.run_id = fixed.run_id AND p.policy_id = version.policy_id) END AS frozen,
           json_build_object(
             'run/read_circle', circle.rows,
             'change/position', json_build_array(json_build_object('position', version.read_position)),
             'run/read_occupations', json_build_array(json_build_object('codes', taught.codes)),
             'run/read_vocabulary', json_build_array(json_build_object('kinds', words.kinds, 'schemes', words.schemes)),
             'run/read_institutions', (SELECT json_agg(found) FROM {run/read_institutions | words.kinds | words.schemes | version.as_of | circle.known} AS found),
             'run/read_regions', (SELECT json_agg(found) FROM {run/read_regions | version.as_of | circle.known} AS found),
             'run/read_employments', (SELECT json_agg(found) FROM {run/read_employments | taught.codes | version.as_of | circle.people} AS found),
             'run/read_certificates', (SELECT json_agg(found) FROM {run/read_certificates | $6::text[] | taught.codes | version.as_of | $7::text[] | $8::text[] | circle.people} AS found),
             'run/read_residents', (SELECT json_agg(found) FROM {run/read_residents | $9::text[] | version.as_of | circle.asked} AS found),
             'run/read_measure_vocabulary', json_build_array(json_build_object('measures', codes.measures, 'flags', codes.flags)),
             'run/read_measures', (SELECT json_agg(found) FROM {run/read_measures | codes.measures | codes.flags | version.as_of | circle.asked} AS found),
             'run/read_assessments', (SELECT json_agg(found) FROM {run/read_assessments | version.as_of | circle.asked} AS found),
             'run/read_earlier_indicators', (SELECT json_agg(found) FROM {run/read_earlier_indicators | version.policy_id | circle.asked} AS found),
             'run/read_earlier_ratings', (SELECT json_agg(found) FROM {run/read_earlier_ratings | version.policy_id | circle.asked} AS found),
             'run/read_stars_on', (SELECT json_agg(found) FROM {run/read_stars_on | (version.as_of - interval '1 year') | circle.asked} AS found)
           )::text AS read
      FROM (SELECT ARRAY[version.institution_id] AS asked, json_agg(found) AS rows,
                   array_agg(DISTINCT found.person_id) AS people,
                   array_append(array_agg(DISTINCT found.institution_id), version.institution_id) AS known
              FROM {run/read_circle | ARRAY[version.institution_id] | version.as_of} AS found) AS circle
     CROSS JOIN LATERAL (SELECT found.codes FROM {run/read_occupations} AS found(codes)) AS taught
     CROSS JOIN LATERAL {run/read_vocabulary | circle.known} AS words
     CROSS JOIN LATERAL {run/read_measure_vocabulary | circle.asked} AS codes
      LEFT JOIN LATERAL (
        SELECT own.run_id, own.edition FROM {explain/fixed_by_run | version.run_id | version.policy_id} AS own
        UNION ALL
        SELECT held.run_id, held.edition FROM {run/newest_frozen | version.policy_id | version.as_of} AS held
        LIMIT 1) AS fixed ON true
  ) AS ran ON version.institution_id IS NOT NULL
 ORDER BY version.nth
