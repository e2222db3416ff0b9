-- The institution that a case is about states and defends (陈述、申辩) itself. It learns of the case by its notice, and then of what is addressed
-- to it: notice, its own defence, decision. Where the lead came from, who acted, review and consent stay with the authority.
CREATE FUNCTION register.own_cases() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = register, pg_temp AS $$
  SELECT c.id FROM register.institution AS i
    JOIN register.credit_case AS c ON c.institution_id = i.id OR c.organisation_id = i.organisation_id
   WHERE i.code = nullif(current_setting('registry.institution', true), '')
     AND EXISTS (SELECT FROM register.case_step AS s WHERE s.case_id = c.id AND s.kind = 'NOTICE_SERVED')
$$;
CREATE FUNCTION register.is_own_case(case_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT case_id IN (SELECT register.own_cases())
$$;
GRANT EXECUTE ON FUNCTION register.own_cases, register.is_own_case TO registry_staff;

CREATE POLICY case_step_told ON register.case_step FOR SELECT TO registry_staff
  USING (kind IN ('NOTICE_SERVED', 'DEFENCE_RECORDED', 'LISTED', 'DISMISSED') AND case_id IN (SELECT register.own_cases()));
CREATE POLICY case_step_answering ON register.case_step FOR INSERT TO registry_staff
  WITH CHECK (kind = 'DEFENCE_RECORDED' AND register.is_own_case(case_id));

-- The cases of the institution that the transaction acts for, as they stand.
CREATE VIEW register.own_case AS
SELECT c.id, c.list_code, c.ground_code, c.organisation_id, c.institution_id, c.person_id, c.region_code,
       n.state, n.number AS step, n.respond_by, o.day AS opened_on, e.id AS entry_id,
       register.credit_subject_kind(c.organisation_id, c.institution_id) AS subject_kind,
       register.credit_subject_code(c.organisation_id, c.institution_id, c.person_id) AS subject_code,
       register.credit_subject_name(c.organisation_id, c.institution_id, c.person_id) AS subject_name
  FROM register.credit_case AS c
  JOIN register.case_step AS o ON o.case_id = c.id AND o.number = 1
  JOIN LATERAL (SELECT s.state, s.number, s.respond_by FROM register.case_step AS s WHERE s.case_id = c.id ORDER BY s.number DESC LIMIT 1) AS n ON true
  LEFT JOIN register.credit_entry AS e ON e.case_id = c.id
 WHERE c.id IN (SELECT register.own_cases());
GRANT SELECT ON register.own_case TO registry_staff;

-- As before, and for the institution that answers in the case.
CREATE OR REPLACE FUNCTION register.case_standing(case_id bigint, OUT state text, OUT number integer, OUT region_path text, OUT needs_consent boolean,
                                       OUT opener text, OUT respond_by date, OUT consenter text, OUT today date) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT n.state, n.number, coalesce(r.path, ''), coalesce(l.needs_consent, false), o.actor, n.respond_by,
         (SELECT s.actor FROM register.case_step AS s WHERE s.case_id = c.id AND s.kind = 'CONSENT_GIVEN' ORDER BY s.number DESC LIMIT 1),
         register.law_today()
    FROM register.credit_case AS c
    JOIN register.case_step AS o ON o.case_id = c.id AND o.number = 1
    JOIN LATERAL (SELECT s.state, s.number, s.respond_by FROM register.case_step AS s WHERE s.case_id = c.id ORDER BY s.number DESC LIMIT 1) AS n ON true
    LEFT JOIN register.region AS r ON r.code = c.region_code AND r.valid @> register.law_today()
    LEFT JOIN register.credit_list AS l ON l.code = c.list_code AND l.effective @> register.law_today()
   WHERE c.id = case_standing.case_id AND (register.in_region_scope(c.region_code) OR register.is_own_case(c.id))
$$;
