-- Rules of the credit lists (信用名单): dated rows with their legal basis. A row is never rewritten: an authority ends it and adds another.
-- `confirmed` says whether the numbers were read in the source named; what is not confirmed is told by `registry doctor`.

-- The one clock of law days in the database (Asia/Shanghai, by the transaction's start): every step of a case is of this day.
CREATE FUNCTION register.law_today() RETURNS date LANGUAGE sql STABLE
RETURN (now() AT TIME ZONE 'Asia/Shanghai')::date;

-- The last day of a term of months that begins with an act on `day`: that day is not counted, a month without it ends on its last
-- (Civil Code 201-203). The same as registry.domain.lawdays.add_months.
CREATE FUNCTION register.months_after(day date, months integer) RETURNS date LANGUAGE sql IMMUTABLE
RETURN (day + make_interval(months => months))::date;

CREATE TABLE register.credit_list (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL CHECK (code <> ''),
  kind text NOT NULL CHECK (kind IN ('RED', 'WATCH', 'BLACK')),
  name_zh text NOT NULL,
  name_en text NOT NULL,
  region_code text NOT NULL,
  authority text NOT NULL,
  credit_china_code smallint NOT NULL,
  needs_consent boolean NOT NULL,
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  confirmed boolean NOT NULL,
  CONSTRAINT credit_list_effective UNIQUE (code, effective WITHOUT OVERLAPS),
  CONSTRAINT credit_list_china_code CHECK (credit_china_code = CASE kind WHEN 'RED' THEN 2 WHEN 'WATCH' THEN 4 ELSE 8 END)
);
COMMENT ON COLUMN register.credit_list.region_code IS 'Where the list is kept: authorities of this region and below decide on it.';
COMMENT ON COLUMN register.credit_list.authority IS 'Who decides (列入机关), as the basis names it.';
COMMENT ON COLUMN register.credit_list.needs_consent IS 'Listing needs the consent of the next higher authority.';
COMMENT ON COLUMN register.credit_list.credit_china_code IS 'Credit China (信用中国): 2 red, 4 watch, 8 black.';

CREATE TABLE register.credit_ground (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL CHECK (code <> ''),
  list_kind text NOT NULL CHECK (list_kind IN ('RED', 'WATCH', 'BLACK')),
  name_zh text NOT NULL,
  name_en text NOT NULL,
  court_only boolean NOT NULL,
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  confirmed boolean NOT NULL,
  CONSTRAINT credit_ground_effective UNIQUE (code, effective WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.credit_ground.court_only IS 'Follows from a court''s decision alone (失信被执行人); no case is opened for it.';

-- How long an entry is published, by its class (失信程度): least before repair can be asked for, most at which it ends by itself.
CREATE TABLE register.credit_term (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repair_class text NOT NULL CHECK (repair_class IN ('MINOR', 'GENERAL', 'SERIOUS', 'WATCH', 'HONOUR')),
  least_months smallint NOT NULL CHECK (least_months >= 0),
  most_months smallint CHECK (most_months > 0 AND most_months >= least_months),
  published boolean NOT NULL,
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  confirmed boolean NOT NULL,
  CONSTRAINT credit_term_effective UNIQUE (repair_class, effective WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.credit_term.most_months IS 'NULL where publication does not end by itself.';
COMMENT ON COLUMN register.credit_term.published IS 'False where in principle nothing is published.';

-- What follows from an entry while it is in force (守信激励、失信惩戒). An empty ground stands for every ground of the list.
CREATE TABLE register.credit_consequence (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  list_code text NOT NULL,
  ground_code text NOT NULL,
  measure text NOT NULL CHECK (measure <> ''),
  name_zh text NOT NULL,
  name_en text NOT NULL,
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  confirmed boolean NOT NULL,
  CONSTRAINT credit_consequence_effective UNIQUE (list_code, ground_code, measure, effective WITHOUT OVERLAPS)
);

-- Windows of the procedure. DEFENCE: from the notice to state and defend. OBJECTION, REPAIR: to decide on one. PUBLICATION: to publish a
-- decision. LOOK_BACK: how far procurement learns of an entry that has ended.
CREATE TABLE register.credit_window (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL CHECK (code IN ('DEFENCE', 'OBJECTION', 'REPAIR', 'PUBLICATION', 'LOOK_BACK')),
  days smallint NOT NULL CHECK (days > 0),
  working boolean NOT NULL,
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  confirmed boolean NOT NULL,
  CONSTRAINT credit_window_effective UNIQUE (code, effective WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.credit_window.working IS 'True: Chinese working days, by register.calendar_day; false: calendar days.';

-- A rule is ended or confirmed, never rewritten, so that an entry keeps the rules of its decision day.
GRANT SELECT, INSERT, UPDATE (effective, confirmed) ON register.credit_list, register.credit_ground, register.credit_term,
  register.credit_consequence, register.credit_window TO registry_staff;

-- The n-th working day after `day`, which is not counted: the last day of a window, which counts in full. NULL where the calendar
-- does not reach it without a gap: nothing is guessed.
CREATE FUNCTION register.working_day_after(day date, days integer) RETURNS date LANGUAGE sql STABLE
RETURN (
  SELECT w.day
    FROM (SELECT c.day, count(*) FILTER (WHERE c.working) OVER counted AS worked, row_number() OVER counted AS known
            FROM register.calendar_day AS c
           WHERE c.day > working_day_after.day AND c.day <= working_day_after.day + 4 * days + 60
          WINDOW counted AS (ORDER BY c.day)) AS w
   WHERE w.worked = days AND w.known = w.day - working_day_after.day
   ORDER BY w.day LIMIT 1);

CREATE FUNCTION register.credit_window_days(wanted text, on_day date) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT w.days FROM register.credit_window AS w WHERE w.code = wanted AND w.effective @> on_day);

GRANT EXECUTE ON FUNCTION register.law_today, register.months_after, register.working_day_after, register.credit_window_days TO registry_staff;

-- What everybody may read of the rules.
CREATE VIEW disclosure.credit_list AS
SELECT id, code, kind, name_zh, name_en, region_code, authority, credit_china_code, needs_consent,
       lower(effective) AS effective_from, upper(effective) - 1 AS effective_to, legal_basis, confirmed
  FROM register.credit_list;

CREATE VIEW disclosure.credit_ground AS
SELECT id, code, list_kind, name_zh, name_en, court_only, lower(effective) AS effective_from, upper(effective) - 1 AS effective_to, legal_basis, confirmed
  FROM register.credit_ground;

CREATE VIEW disclosure.credit_term AS
SELECT id, repair_class, least_months, most_months, published, lower(effective) AS effective_from, upper(effective) - 1 AS effective_to, legal_basis, confirmed
  FROM register.credit_term;

CREATE VIEW disclosure.credit_consequence AS
SELECT id, list_code, ground_code, measure, name_zh, name_en, lower(effective) AS effective_from, upper(effective) - 1 AS effective_to, legal_basis, confirmed
  FROM register.credit_consequence;

CREATE VIEW disclosure.credit_window AS
SELECT id, code, days, working, lower(effective) AS effective_from, upper(effective) - 1 AS effective_to, legal_basis, confirmed
  FROM register.credit_window;

CREATE VIEW register.unconfirmed_rule WITH (security_invoker = true) AS
SELECT 'credit_list' AS relation, r.code, lower(r.effective) AS effective_from, r.legal_basis FROM register.credit_list AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_ground', r.code, lower(r.effective), r.legal_basis FROM register.credit_ground AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_term', r.repair_class, lower(r.effective), r.legal_basis FROM register.credit_term AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_consequence', concat_ws(' ', r.list_code, nullif(r.ground_code, ''), r.measure), lower(r.effective), r.legal_basis
  FROM register.credit_consequence AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_window', r.code, lower(r.effective), r.legal_basis FROM register.credit_window AS r WHERE NOT r.confirmed;

GRANT SELECT ON disclosure.credit_list, disclosure.credit_ground, disclosure.credit_term, disclosure.credit_consequence, disclosure.credit_window
  TO registry_staff, registry_public;
GRANT SELECT ON register.unconfirmed_rule TO registry_staff;
