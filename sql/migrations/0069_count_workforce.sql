-- What a job counts on a law day (从业人员结构统计): the workforce of each institution, the newest count alone, and of each region with
-- all below it, a row a law day. Worked out from what has a history, they have none themselves; nobody is told of by name.
CREATE TABLE register.workforce (
  institution_id bigint PRIMARY KEY REFERENCES register.institution (id) ON DELETE CASCADE,
  day date NOT NULL,
  people integer NOT NULL CHECK (people >= 0),
  carers integer NOT NULL CHECK (carers BETWEEN 0 AND people),
  certified integer NOT NULL CHECK (certified BETWEEN 0 AND carers),
  levels integer[] NOT NULL CHECK (cardinality(levels) = 9),
  occupations jsonb NOT NULL,
  education jsonb NOT NULL
);
COMMENT ON COLUMN register.workforce.people IS 'Heads on post; who has posts at two institutions counts at each, as rosters do.';
COMMENT ON COLUMN register.workforce.levels IS 'Carers by the highest level in force that they hold: none, then 学徒工 to 首席技师.';
COMMENT ON COLUMN register.workforce.occupations IS 'Heads by occupation; one person may have two.';

CREATE TABLE register.region_statistic (
  region_code text NOT NULL,
  day date NOT NULL,
  institutions integer NOT NULL,
  beds bigint NOT NULL,
  rated integer NOT NULL,
  stars integer[] NOT NULL,
  people integer NOT NULL,
  carers integer NOT NULL,
  certified integer NOT NULL,
  levels integer[] NOT NULL CHECK (cardinality(levels) = 9),
  occupations jsonb NOT NULL,
  education jsonb NOT NULL,
  PRIMARY KEY (region_code, day)
);
COMMENT ON COLUMN register.region_statistic.stars IS 'Institutions by stars before credit lists act, from one star on; 20 places.';

ALTER TABLE register.workforce ENABLE ROW LEVEL SECURITY;
ALTER TABLE register.region_statistic ENABLE ROW LEVEL SECURITY;
CREATE POLICY counted ON register.workforce TO registry_staff USING (true);
CREATE POLICY counted ON register.region_statistic TO registry_staff USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON register.workforce, register.region_statistic TO registry_staff;

-- Counts that tell of fewer than five people are for nobody to see; shares stay, being what ratings are published on.
CREATE VIEW disclosure.workforce AS
SELECT w.institution_id, w.day, round(w.certified::numeric / nullif(w.carers, 0), 4) AS certified_ratio, w.carers BETWEEN 1 AND 4 AS withheld,
       CASE WHEN w.people NOT BETWEEN 1 AND 4 THEN w.people END AS people,
       CASE WHEN w.carers NOT BETWEEN 1 AND 4 THEN w.carers END AS carers,
       CASE WHEN w.carers NOT BETWEEN 1 AND 4 THEN w.certified END AS certified,
       CASE WHEN w.carers NOT BETWEEN 1 AND 4 THEN w.levels END AS levels
  FROM register.workforce AS w;

CREATE VIEW disclosure.region_statistic AS
SELECT s.region_code, s.day, s.institutions, s.beds, s.rated,
       s.stars[1:greatest((SELECT max(g) FROM generate_series(1, 20) AS g WHERE s.stars[g] > 0), 5)] AS stars, round(s.certified::numeric / nullif(s.carers, 0), 4) AS certified_ratio,
       s.people BETWEEN 1 AND 4 OR s.carers BETWEEN 1 AND 4 AS withheld,
       CASE WHEN s.people NOT BETWEEN 1 AND 4 THEN s.people END AS people,
       CASE WHEN s.carers NOT BETWEEN 1 AND 4 THEN s.carers END AS carers,
       CASE WHEN s.carers NOT BETWEEN 1 AND 4 THEN s.certified END AS certified,
       CASE WHEN s.carers NOT BETWEEN 1 AND 4 THEN s.levels END AS levels,
       CASE WHEN s.people NOT BETWEEN 1 AND 4 THEN s.occupations END AS occupations,
       CASE WHEN s.people NOT BETWEEN 1 AND 4 THEN s.education END AS education,
       (SELECT p.aged_60 FROM register.elderly_population AS p
         WHERE p.region_code = s.region_code AND p.day_from <= s.day ORDER BY p.day_from DESC LIMIT 1) AS aged_60
  FROM register.region_statistic AS s;

GRANT SELECT ON disclosure.workforce, disclosure.region_statistic TO registry_staff, registry_public;

-- How many staff of an occupation are needed: one for each full number of what is counted (按床位、老年人数配备的要求).
CREATE TABLE register.staffing_rule (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  occupation text NOT NULL,
  counted text NOT NULL CHECK (counted IN ('BEDS', 'ELDERLY')),
  one_per integer NOT NULL CHECK (one_per > 0),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  confirmed boolean NOT NULL,
  CONSTRAINT staffing_rule_effective UNIQUE (occupation, counted, effective WITHOUT OVERLAPS)
);
GRANT SELECT, INSERT, UPDATE (effective, confirmed) ON register.staffing_rule TO registry_staff;
INSERT INTO register.staffing_rule (occupation, counted, one_per, effective, legal_basis, confirmed) VALUES
  ('SOCIAL_WORKER', 'BEDS', 100, '[2020-01-01,)', '各地养老服务人才培养措施(内蒙古第8项、吉林第10项): 2025年前每百张养老机构床位配备1名社会工作者', true),
  ('SOCIAL_WORKER', 'ELDERLY', 1000, '[2020-01-01,)', '各地养老服务人才培养措施(内蒙古第8项、吉林第10项): 2025年前每千名老年人配备1名社会工作者', true);
CREATE VIEW disclosure.staffing_rule AS
SELECT occupation, counted, one_per, effective, legal_basis, confirmed FROM register.staffing_rule;
GRANT SELECT ON disclosure.staffing_rule TO registry_staff, registry_public;
