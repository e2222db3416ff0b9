-- Surveys: how many elderly people live in a region (老年人口), and what staff earn (工资水平), by bands as institutions report them.
CREATE TABLE register.elderly_population (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  region_code text NOT NULL,
  day_from date NOT NULL,
  aged_60 integer NOT NULL CHECK (aged_60 >= 0),
  aged_65 integer CHECK (aged_65 BETWEEN 0 AND aged_60),
  aged_80 integer CHECK (aged_80 BETWEEN 0 AND coalesce(aged_65, aged_60)),
  CONSTRAINT elderly_population_day UNIQUE (region_code, day_from)
);
COMMENT ON COLUMN register.elderly_population.aged_60 IS 'Elderly are those of 60 years and more (老年人权益保障法 art. 2); the count stands until the next one of the region.';
CALL register.keep_versions('elderly_population');
CALL register.show_to_all_staff('elderly_population');

CREATE VIEW disclosure.elderly_population AS
SELECT id, region_code, day_from, aged_60, aged_65, aged_80 FROM register.elderly_population;

CREATE VIEW disclosure.elderly_population_version AS
SELECT v.*, v.region_code AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('regionCode', v.region_code, 'dayFrom', v.day_from, 'aged60', v.aged_60, 'aged65', v.aged_65, 'aged80', v.aged_80) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.elderly_population AS t
        UNION ALL SELECT h.* FROM register.elderly_population_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE TABLE register.wage_band (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  institution_id bigint NOT NULL REFERENCES register.institution (id),
  occupation text NOT NULL,
  level smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 8),
  surveyed_on date NOT NULL,
  from_yuan integer NOT NULL CHECK (from_yuan >= 0),
  below_yuan integer CHECK (below_yuan > from_yuan),
  people integer NOT NULL CHECK (people >= 0),
  CONSTRAINT wage_band_key UNIQUE (institution_id, occupation, level, surveyed_on, from_yuan)
);
COMMENT ON TABLE register.wage_band IS 'How many people of an institution earned how much a month before tax; a band without an upper end is open.';
CALL register.keep_versions('wage_band');
CREATE POLICY wage_band_scope ON register.wage_band TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));
CREATE POLICY wage_band_history_scope ON register.wage_band_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));

CREATE VIEW register.wage_band_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)) AS code,
       s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('institutionCode', coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)),
                         'occupation', v.occupation, 'level', v.level, 'surveyedOn', v.surveyed_on, 'fromYuan', v.from_yuan,
                         'belowYuan', v.below_yuan, 'people', v.people) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.wage_band AS t
        UNION ALL SELECT h.* FROM register.wage_band_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;

-- What everybody may read: per region (with all below it), occupation, level and survey the bands in which the quarters lie.
-- Fewer than ten people, or a single institution, are no statistic, and no count of a band is told.
CREATE VIEW disclosure.wage_statistic AS
WITH reported AS (
  SELECT a.region_code, w.occupation, w.level, w.surveyed_on, w.from_yuan, w.below_yuan, w.people, w.institution_id
    FROM register.wage_band AS w
    JOIN register.institution AS i ON i.id = w.institution_id
    JOIN register.region AS r ON r.code = i.region_code AND r.valid @> w.surveyed_on
   CROSS JOIN LATERAL unnest(string_to_array(r.path, '/')) AS a (region_code)
   WHERE w.people > 0
), ranked AS (
  SELECT p.*, sum(p.people) OVER same AS total, sum(p.people) OVER (same ORDER BY p.from_yuan, p.below_yuan NULLS LAST) AS so_far
    FROM reported AS p
  WINDOW same AS (PARTITION BY p.region_code, p.occupation, p.level, p.surveyed_on)
)
SELECT k.region_code, k.occupation, k.level, k.surveyed_on, sum(k.people)::bigint AS people,
       min(k.from_yuan) FILTER (WHERE k.so_far >= 0.25 * k.total) AS lower_quarter_from_yuan,
       min(k.from_yuan) FILTER (WHERE k.so_far >= 0.5 * k.total) AS median_from_yuan,
       min(k.from_yuan) FILTER (WHERE k.so_far >= 0.75 * k.total) AS upper_quarter_from_yuan
  FROM ranked AS k
 GROUP BY k.region_code, k.occupation, k.level, k.surveyed_on
HAVING sum(k.people) >= 10 AND count(DISTINCT k.institution_id) > 1;
COMMENT ON VIEW disclosure.wage_statistic IS 'Wages a month before tax in yuan, by the lower ends of the bands in which the quarters and the median lie.';

CALL register.tell_changes('elderly_population', 'POPULATION');
CALL register.tell_changes('wage_band', 'WAGE_BAND');

GRANT SELECT ON disclosure.elderly_population, disclosure.elderly_population_version, disclosure.wage_statistic TO registry_staff, registry_public;
GRANT SELECT ON register.wage_band_version TO registry_staff;
