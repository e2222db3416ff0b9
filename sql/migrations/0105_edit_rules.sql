-- The dated rules that an authority edits, as one list, and the only ways in which they change: one follows another, one ends, one is
-- confirmed. A rule that has been in force is never rewritten.
-- squawk-ignore-file ban-drop-constraint
ALTER TABLE register.change_set DROP CONSTRAINT change_set_kind_check;
ALTER TABLE register.change_set ADD CONSTRAINT change_set_kind_check
  CHECK (kind IN ('SEED', 'IMPORT', 'RUN', 'POLICY', 'CORRECTION', 'DECISION', 'ERASURE', 'RULE')) NOT VALID;

CREATE VIEW register.rule WITH (security_invoker = true) AS
SELECT 'credit_list' AS relation, r.id, r.code, r.effective, r.legal_basis, r.confirmed, to_jsonb(r) AS content FROM register.credit_list AS r
UNION ALL
SELECT 'credit_ground', r.id, r.code, r.effective, r.legal_basis, r.confirmed, to_jsonb(r) FROM register.credit_ground AS r
UNION ALL
SELECT 'credit_term', r.id, r.repair_class, r.effective, r.legal_basis, r.confirmed, to_jsonb(r) FROM register.credit_term AS r
UNION ALL
SELECT 'credit_consequence', r.id, concat_ws(' ', r.list_code, nullif(r.ground_code, ''), r.measure), r.effective, r.legal_basis, r.confirmed, to_jsonb(r)
  FROM register.credit_consequence AS r
UNION ALL
SELECT 'credit_window', r.id, r.code, r.effective, r.legal_basis, r.confirmed, to_jsonb(r) FROM register.credit_window AS r
UNION ALL
SELECT 'flag_rule', r.id, r.code, r.effective, r.legal_basis, r.confirmed, to_jsonb(r) FROM register.flag_rule AS r
UNION ALL
SELECT 'staffing_rule', r.id, concat_ws(' ', r.occupation, r.counted), r.effective, r.legal_basis, r.confirmed, to_jsonb(r) FROM register.staffing_rule AS r
UNION ALL
SELECT 'complaint_limit', r.id, r.per, r.effective, r.legal_basis, r.confirmed, to_jsonb(r) FROM register.complaint_limit AS r
UNION ALL
SELECT 'retention_rule', r.id, r.subject, r.effective, r.legal_basis, r.confirmed, to_jsonb(r) FROM register.retention_rule AS r;
GRANT SELECT ON register.rule TO registry_staff;

CREATE OR REPLACE VIEW register.unconfirmed_rule WITH (security_invoker = true) AS
SELECT r.relation, r.code, lower(r.effective) AS effective_from, r.legal_basis FROM register.rule AS r WHERE NOT r.confirmed;

-- As before, and of rules, by their table.
CREATE OR REPLACE FUNCTION register.digest_record(relation text, named_by text, value text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE
  digest text;
BEGIN
  IF relation <> ALL (ARRAY['api_key', 'webhook', 'request_limit', 'retention_rule', 'personal_key', 'person', 'complaint', 'calendar_day',
                            'region_statistic', 'import_batch', 'rating_run_policy', 'occupation', 'rule']) THEN
    RAISE EXCEPTION 'records of % have no digest', relation USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format('SELECT encode(sha256(convert_to(string_agg(r.said, E''\n'' ORDER BY r.said COLLATE "C"), ''UTF8'')), ''hex'')
                    FROM (SELECT t::text AS said FROM register.%I AS t WHERE $1 IS NULL OR t.%I::text = $1) AS r', relation, named_by)
    INTO digest USING value;
  RETURN digest;
END
$$;

-- The columns by which rules of a table are one rule at different times: those of its constraint, without the days.
CREATE FUNCTION register.rule_key(relation text) RETURNS text[] LANGUAGE sql STABLE SET search_path = register, pg_temp
RETURN (
  SELECT array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
   WHERE c.conrelid = format('register.%I', relation)::regclass AND c.conname = relation || '_effective' AND a.attname <> 'effective');

CREATE FUNCTION register.rule_columns(relation text) RETURNS text[] LANGUAGE sql STABLE SET search_path = register, pg_temp
RETURN (
  SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute AS a
   WHERE a.attrelid = format('register.%I', relation)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'id');

CREATE FUNCTION register.same_rule(relation text) RETURNS text LANGUAGE sql STABLE SET search_path = register, pg_temp
RETURN (SELECT string_agg(format('t.%1$I = g.%1$I', k), ' AND ') FROM unnest(register.rule_key(relation)) AS k);

-- What is shipped and not there yet; the days on which an authority has ruled stay.
CREATE FUNCTION register.put_rules(relation text, given jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  columns text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(register.rule_columns(relation)) AS c);
  added integer;
BEGIN
  EXECUTE format('INSERT INTO register.%I (%s) SELECT %2$s FROM jsonb_populate_recordset(NULL::register.%1$I, $1) ON CONFLICT DO NOTHING', relation, columns)
    USING given;
  GET DIAGNOSTICS added = ROW_COUNT;
  RETURN added;
END
$$;

-- Rules are given as an array of objects, under the names of their columns; `row` tells where each came from. Why they cannot follow
-- those that stand. PAST: another stands on those days, and they have begun. LATER: another begins on a later day of theirs. TWICE: the same rule on the same days.
CREATE FUNCTION register.refused_rules(relation text, given jsonb, today date, OUT place integer, OUT problem text, OUT standing_from date)
RETURNS SETOF record LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE format($q$
    WITH given AS (
      SELECT (v.value ->> 'row')::integer AS place, r.* FROM jsonb_array_elements($1) AS v
       CROSS JOIN LATERAL jsonb_populate_record(NULL::register.%1$I, v.value) AS r)
    SELECT g.place, CASE WHEN lower(g.effective) < $2 THEN 'PAST' ELSE 'LATER' END, lower(t.effective)
      FROM given AS g JOIN register.%1$I AS t ON %2$s AND t.effective && g.effective
     WHERE lower(g.effective) < $2 OR lower(t.effective) > lower(g.effective) OR (lower(t.effective) = lower(g.effective) AND lower(g.effective) = $2)
     UNION ALL
    SELECT g.place, 'TWICE', lower(t.effective)
      FROM given AS g JOIN given AS t ON %2$s AND t.effective && g.effective AND t.place < g.place
     ORDER BY 1$q$, relation, register.same_rule(relation)) USING given, today;
END
$$;

-- Let rules follow: what stands on their first day ends the day before, and what would have begun on that day gives way.
CREATE FUNCTION register.follow_rules(relation text, given jsonb, today date, OUT added integer, OUT ended integer, OUT replaced integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  EXECUTE format('DELETE FROM register.%1$I AS t USING jsonb_populate_recordset(NULL::register.%1$I, $1) AS g '
                 'WHERE %2$s AND lower(t.effective) = lower(g.effective) AND lower(t.effective) > $2', relation, register.same_rule(relation))
    USING given, today;
  GET DIAGNOSTICS replaced = ROW_COUNT;
  EXECUTE format('UPDATE register.%1$I AS t SET effective = daterange(lower(t.effective), lower(g.effective)) '
                 'FROM jsonb_populate_recordset(NULL::register.%1$I, $1) AS g '
                 'WHERE %2$s AND t.effective @> lower(g.effective) AND lower(t.effective) < lower(g.effective) AND lower(g.effective) >= $2',
                 relation, register.same_rule(relation))
    USING given, today;
  GET DIAGNOSTICS ended = ROW_COUNT;
  EXECUTE format('INSERT INTO register.%I (%s) SELECT %2$s FROM jsonb_populate_recordset(NULL::register.%1$I, $1)',
                 relation, (SELECT string_agg(quote_ident(c), ', ') FROM unnest(register.rule_columns(relation)) AS c))
    USING given;
  GET DIAGNOSTICS added = ROW_COUNT;
END
$$;

-- The last day of the rule that stands on a day: that day, or a later one.
CREATE FUNCTION register.end_rule(relation text, code text, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  count integer;
BEGIN
  EXECUTE format('UPDATE register.%1$I AS t SET effective = daterange(lower(t.effective), $3, ''[]'') FROM register.rule AS r '
                 'WHERE r.relation = $1 AND r.code = $2 AND r.id = t.id AND t.effective @> $3', relation)
    USING relation, code, last_day;
  GET DIAGNOSTICS count = ROW_COUNT;
  RETURN count;
END
$$;

-- Somebody has read the rule in the source that it names; without a day, in every version.
CREATE FUNCTION register.confirm_rule(relation text, code text, begins date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  count integer;
BEGIN
  EXECUTE format('UPDATE register.%1$I AS t SET confirmed = true FROM register.rule AS r '
                 'WHERE r.relation = $1 AND r.code = $2 AND r.id = t.id AND NOT t.confirmed AND ($3 IS NULL OR lower(t.effective) = $3)', relation)
    USING relation, code, begins;
  GET DIAGNOSTICS count = ROW_COUNT;
  RETURN count;
END
$$;

REVOKE EXECUTE ON FUNCTION register.put_rules, register.refused_rules, register.follow_rules, register.end_rule, register.confirm_rule FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register.put_rules, register.refused_rules, register.follow_rules, register.end_rule, register.confirm_rule TO registry_staff;
REVOKE INSERT, UPDATE (effective, confirmed) ON register.credit_list, register.credit_ground, register.credit_term, register.credit_consequence,
  register.credit_window, register.flag_rule, register.staffing_rule, register.complaint_limit FROM registry_staff;
