-- People on lists and in cases: needed while an entry is in force or a case is open; with them goes what was written of them.
INSERT INTO register.personal_column (relation, column_name, whose, mark)
SELECT 'credit_case', 'intake_reference', 't.person_id = ANY ($1)', NULL
UNION ALL
SELECT 'credit_entry', n.column_name, 't.person_id = ANY ($1)', n.mark
  FROM (VALUES ('document_number', 'ERASED:{id}'), ('authority', 'ERASED'), ('legal_basis', 'ERASED'), ('reference', 'ERASED'),
               ('remedy', 'ERASED'), ('evidence', 'ERASED'), ('end_reason', NULL), ('end_document_number', NULL)) AS n (column_name, mark)
UNION ALL
SELECT 'case_step', n.column_name, 't.case_id IN (SELECT c.id FROM register.credit_case AS c WHERE c.person_id = ANY ($1))', n.mark
  FROM (VALUES ('reason', 'ERASED'), ('documents', '[]'), ('proof', 'ERASED'), ('document_number', 'ERASED'), ('authority', 'ERASED'),
               ('legal_basis', 'ERASED'), ('remedy', 'ERASED'), ('evidence', 'ERASED')) AS n (column_name, mark)
UNION ALL
SELECT 'entry_step', n.column_name, 't.entry_id IN (SELECT c.id FROM register.credit_entry AS c WHERE c.person_id = ANY ($1))', n.mark
  FROM (VALUES ('reason', 'ERASED'), ('documents', '[]'), ('document_number', 'ERASED')) AS n (column_name, mark);

-- The arms of before, and two more: a listing needs its person to its last day, a case until it is decided.
CREATE OR REPLACE VIEW register.person_need WITH (security_invoker = true) AS
SELECT e.person_id, false AS recorded, coalesce(upper(e.worked) - 1, 'infinity') AS needed_to FROM register.employment AS e
UNION ALL
SELECT c.person_id, false, least(coalesce(c.expires_on, greatest(c.issued_on, w.worked_to)), s.effective_from - 1)
  FROM register.certificate AS c
  LEFT JOIN LATERAL (SELECT max(coalesce(upper(e.worked) - 1, 'infinity')) AS worked_to FROM register.employment AS e
                      WHERE e.person_id = c.person_id AND c.expires_on IS NULL) AS w ON true
  LEFT JOIN LATERAL (SELECT x.status, x.effective_from FROM register.certificate_status AS x
                      WHERE x.certificate_id = c.id ORDER BY x.effective_from DESC LIMIT 1) AS s ON s.status = 'REVOKED'
UNION ALL
SELECT c.person_id, true, (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM register.certificate AS c JOIN register.change_set AS s ON s.id = c.change_id WHERE c.expires_on IS NULL
UNION ALL
SELECT t.person_id, false,
       greatest(coalesce(t.ended_on, CASE t.result WHEN 'UNDER_WAY' THEN 'infinity' ELSE t.started_on END), t.subsidy_paid_on)
  FROM register.training_record AS t
UNION ALL
SELECT a.person_id, false, a.awarded_on FROM register.skill_award AS a
UNION ALL
SELECT p.id, true, (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM register.person AS p JOIN register.change_set AS s ON s.id = p.change_id
UNION ALL
SELECT h.id, true, (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM register.person_history AS h JOIN register.change_set AS s ON s.id = h.ended_by
UNION ALL
SELECT e.person_id, false, CASE WHEN e.published_on IS NULL AND e.ended_on IS NULL THEN coalesce(e.last_day, 'infinity')
                                ELSE register.credit_end(e.last_day, e.ended_on, e.original_id) END
  FROM register.credit_entry AS e WHERE e.person_id IS NOT NULL
UNION ALL
SELECT c.person_id, false, CASE WHEN l.state IN ('LISTED', 'DISMISSED') THEN l.day ELSE 'infinity' END
  FROM register.credit_case AS c
 CROSS JOIN LATERAL (SELECT t.state, t.day FROM register.case_step AS t WHERE t.case_id = c.id ORDER BY t.number DESC LIMIT 1) AS l
 WHERE c.person_id IS NOT NULL;

GRANT MAINTAIN ON register.credit_case, register.credit_case_history, register.credit_entry, register.credit_entry_history,
  register.case_step, register.case_step_history, register.entry_step, register.entry_step_history TO registry_staff;
