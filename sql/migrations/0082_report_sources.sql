-- How good what sources deliver is: late, missing, contradicting, rejected.
-- squawk-ignore-file ban-drop-constraint
CREATE TABLE register.import_refusal (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  source text NOT NULL,
  file_name text NOT NULL,
  bad_rows integer NOT NULL CHECK (bad_rows > 0),
  refused_at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL DEFAULT coalesce(current_setting('registry.actor', true), ''),
  scope text NOT NULL DEFAULT coalesce(current_setting('registry.scope', true), '')
);
COMMENT ON TABLE register.import_refusal IS 'Deliveries of which nothing was written because rows were wrong; values of rows are not kept.';
COMMENT ON COLUMN register.import_refusal.bad_rows IS 'Rows told as wrong, as many as a report tells.';
CREATE INDEX import_refusal_source ON register.import_refusal (source, kind);
ALTER TABLE register.import_refusal ENABLE ROW LEVEL SECURITY;
CREATE POLICY import_refusal_seen ON register.import_refusal FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR scope = 'ALL' OR register.path_in_scope(scope));
CREATE POLICY import_refusal_recorded ON register.import_refusal FOR INSERT TO registry_staff
  WITH CHECK ((SELECT register.sees_all()) OR scope = current_setting('registry.scope', true));
GRANT SELECT, INSERT ON register.import_refusal TO registry_staff;

-- How often a source has to deliver is a dated rule like the others of imports; without one, the term of the flag DATA_OVERDUE.
ALTER TABLE register.import_rule DROP CONSTRAINT import_rule_rule_check;
ALTER TABLE register.import_rule ADD CONSTRAINT import_rule_rule_check
  CHECK (rule IN ('PRECEDENCE', 'REMOVAL_SHARE', 'REMOVAL_SHARE_OF_ONE', 'REMOVAL_LEAST', 'DUE_DAYS')) NOT VALID;

CREATE FUNCTION register.due_days(of_kind text, of_source text) RETURNS integer LANGUAGE sql STABLE
RETURN coalesce(register.import_rule_value('DUE_DAYS', of_kind, of_source)::integer,
                (SELECT (f.parameters ->> 'days')::integer FROM register.flag_rule AS f
                  WHERE f.code = 'DATA_OVERDUE' AND f.effective @> (SELECT register.law_today())));
GRANT EXECUTE ON FUNCTION register.due_days TO registry_staff;

CREATE FUNCTION register.kind_of_entity(entity text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE entity WHEN 'PERSON' THEN 'people' WHEN 'RESIDENT_COUNT' THEN 'residents' WHEN 'MEASURE_VALUE' THEN 'measures'
                   WHEN 'CERTIFICATE_STATUS' THEN 'certificates' ELSE replace(lower(entity), '_', '-') || 's' END;
GRANT EXECUTE ON FUNCTION register.kind_of_entity TO registry_staff;

-- A row for each source and kind, of what the reader may see; counts are of the last 365 days.
CREATE VIEW register.source_report WITH (security_invoker = true) AS
WITH delivered AS (
  SELECT b.source, b.kind, max(b.imported_at) AS delivered_at, count(*) FILTER (WHERE b.imported_at > now() - interval '365 days') AS deliveries,
         coalesce(sum(b.rows) FILTER (WHERE b.imported_at > now() - interval '365 days'), 0) AS rows,
         coalesce(sum(b.rejected) FILTER (WHERE b.imported_at > now() - interval '365 days'), 0) AS rejected,
         coalesce(sum(b.contradictions) FILTER (WHERE b.imported_at > now() - interval '365 days'), 0) AS contradictions
    FROM register.import_batch AS b
   GROUP BY b.source, b.kind),
refused AS (
  SELECT r.source, r.kind, count(*) AS refusals, sum(r.bad_rows) AS bad_rows, max(r.refused_at) AS refused_at
    FROM register.import_refusal AS r WHERE r.refused_at > now() - interval '365 days'
   GROUP BY r.source, r.kind),
noted AS (
  SELECT s.source, register.kind_of_entity(n.entity) AS kind, count(*) AS notes
    FROM register.quality_note AS n CROSS JOIN LATERAL (VALUES (n.prevailing_source), (n.other_source)) AS s (source)
   GROUP BY s.source, n.entity),
unstaffed AS (
  SELECT s.source, count(*) AS missing
    FROM register.institution AS i
    JOIN register.change_set AS s ON s.id = i.change_id
    LEFT JOIN register.workforce AS w ON w.institution_id = i.id
   WHERE i.status = 'ACTIVE' AND coalesce(w.people, 0) = 0
     AND ((SELECT register.sees_all()) OR i.id IN (SELECT register.institutions_in_scope()))
   GROUP BY s.source)
SELECT source, kind, d.delivered_at, coalesce(d.deliveries, 0) AS deliveries, coalesce(d.rows, 0) AS rows,
       register.due_days(kind, source) AS due_days,
       coalesce((d.delivered_at AT TIME ZONE 'Asia/Shanghai')::date < register.law_today() - register.due_days(kind, source), d.delivered_at IS NULL) AS late,
       CASE WHEN kind = 'institutions' THEN coalesce(u.missing, 0) END AS missing, coalesce(d.contradictions, 0) AS contradictions,
       coalesce(n.notes, 0) AS open_notes, coalesce(d.rejected, 0) + coalesce(r.bad_rows, 0) AS rejected_rows, coalesce(r.refusals, 0) AS refusals,
       r.refused_at
  FROM delivered AS d FULL JOIN refused AS r USING (source, kind)
  LEFT JOIN noted AS n USING (source, kind)
  LEFT JOIN unstaffed AS u USING (source);
COMMENT ON COLUMN register.source_report.missing IS 'Active institutions that it states on whose post nobody was at the newest count; of institutions alone.';
GRANT SELECT ON register.source_report TO registry_staff;
GRANT DELETE ON register.import_account TO registry_staff;
