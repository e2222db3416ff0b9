-- A legal representative (法定代表人) is named for as long as they represent an organisation that is not closed; then their
-- name is kept for a term and goes from every version, like those of people.
-- squawk-ignore-file ban-drop-constraint
ALTER TABLE register.retention_rule DROP CONSTRAINT retention_rule_subject_check;
ALTER TABLE register.retention_rule ADD CONSTRAINT retention_rule_subject_check
  CHECK (subject IN ('PERSON', 'REPRESENTATIVE', 'IDEMPOTENT_ANSWER', 'JOB_RUN')) NOT VALID;
INSERT INTO register.retention_rule (subject, kept, effective, legal_basis) VALUES
  ('REPRESENTATIVE', '3 years', '[2021-11-01,)', '个人信息保护法 第十九条、第四十七条');

-- The last day on which each organisation needs each name that it ever had.
CREATE VIEW register.representative_need WITH (security_invoker = true) AS
SELECT n.organisation_id, n.name, max(n.needed_to) AS needed_to
  FROM (SELECT o.id AS organisation_id, o.legal_representative AS name,
               CASE WHEN o.status = 'CLOSED' THEN (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date ELSE 'infinity' END AS needed_to
          FROM register.organisation AS o JOIN register.change_set AS s ON s.id = o.change_id
        UNION ALL
        SELECT h.id, h.legal_representative, (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
          FROM register.organisation_history AS h JOIN register.change_set AS s ON s.id = h.ended_by) AS n
 WHERE n.name <> 'ERASED'
 GROUP BY n.organisation_id, n.name;
GRANT SELECT ON register.representative_need TO registry_staff;

-- Erases the names past the term of a day's rule within the open change set, and returns how many rows it wrote. A closed
-- organisation gets a version without the name; superseded versions, and what sources said otherwise, lose it as well.
CREATE FUNCTION register.erase_representatives(day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  due_ids bigint[];
  due_names text[];
  base integer := register.ordinal_base();
  touched integer;
BEGIN
  IF register.open_change() IS NULL THEN
    RAISE EXCEPTION 'names are erased only within an open change set' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT array_agg(n.organisation_id), array_agg(n.name) INTO due_ids, due_names
    FROM register.representative_need AS n
   WHERE n.needed_to + register.retention_term('REPRESENTATIVE', day) < day
     AND n.needed_to < (now() AT TIME ZONE 'Asia/Shanghai')::date + 1;
  DELETE FROM register.quality_note AS q USING unnest(due_ids, due_names) AS d (id, name)
   WHERE q.entity = 'ORGANISATION' AND q.row_id = d.id AND q.content ->> 'legalRepresentative' = d.name;
  GET DIAGNOSTICS touched = ROW_COUNT;
  base := base + touched;
  UPDATE register.quality_note_history AS q SET content = q.content || '{"legalRepresentative": "ERASED"}'
    FROM unnest(due_ids, due_names) AS d (id, name)
   WHERE q.entity = 'ORGANISATION' AND q.row_id = d.id AND q.content ->> 'legalRepresentative' = d.name;
  UPDATE register.organisation AS o SET legal_representative = 'ERASED', change_id = register.current_change(), ordinal = n.ordinal
    FROM (SELECT o.id, base + row_number() OVER (ORDER BY o.id) AS ordinal
            FROM register.organisation AS o JOIN unnest(due_ids, due_names) AS d (id, name) ON d.id = o.id AND d.name = o.legal_representative) AS n
   WHERE o.id = n.id;
  GET DIAGNOSTICS touched = ROW_COUNT;
  base := base + touched;
  UPDATE register.organisation_history AS h SET legal_representative = 'ERASED'
    FROM unnest(due_ids, due_names) AS d (id, name) WHERE h.id = d.id AND h.legal_representative = d.name;
  RETURN base - register.ordinal_base();
END
$$;
GRANT EXECUTE ON FUNCTION register.erase_representatives TO registry_staff;
