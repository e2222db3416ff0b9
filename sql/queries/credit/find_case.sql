-- A case after its newest step, with what the guards of the next one ask; `today` is the law day that steps are of.
SELECT c.id, c.list_code, c.region_code, coalesce(r.path, '') AS region_path, coalesce(l.needs_consent, false) AS needs_consent,
       n.state, coalesce(n.number, 0) AS number, n.respond_by, o.actor AS opener,
       (SELECT s.actor FROM register.case_step AS s WHERE s.case_id = c.id AND s.kind = 'CONSENT_GIVEN' ORDER BY s.number DESC LIMIT 1) AS consenter,
       register.law_today() AS today
  FROM register.credit_case AS c
  LEFT JOIN register.region AS r ON r.code = c.region_code AND r.valid @> register.law_today()
  LEFT JOIN register.credit_list AS l ON l.code = c.list_code AND l.effective @> register.law_today()
  LEFT JOIN register.case_step AS o ON o.case_id = c.id AND o.number = 1
  LEFT JOIN LATERAL (SELECT s.state, s.number, s.respond_by FROM register.case_step AS s WHERE s.case_id = c.id ORDER BY s.number DESC LIMIT 1) AS n ON true
 WHERE c.id = $1::bigint
