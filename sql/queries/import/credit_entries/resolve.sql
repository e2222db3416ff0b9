-- What a step here has done to an entry (publication, correction, end) stays as it is, whatever its source says; an adopted entry
-- keeps the original that it was linked to.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT m.*,
       m.existing_id IS NOT NULL
         AND (m.was_origin, m.former_region_code, m.was_decided_on, m.was_ground, m.was_class, m.was_published_on, m.was_last_day, m.was_ended_on,
              m.was_end_kind, m.was_end_reason, m.was_end_document, m.was_reference, m.was_authority, m.was_basis, m.was_remedy, m.was_evidence)
             IS DISTINCT FROM
             (m.origin, m.region_code, m.decided_on, m.now_ground, m.now_class, m.now_published_on, m.now_last_day, m.now_ended_on,
              m.now_end_kind, m.now_end_reason, m.now_end_document, m.reference, m.authority, m.legal_basis, coalesce(m.remedy, ''),
              coalesce(m.evidence, '')) AS changed
  FROM (
    SELECT s.*, o.id AS organisation_id, i.id AS institution_id, p.id AS person_id, NULL::bigint AS former_person_id,
           EXISTS (SELECT FROM register.region AS r WHERE r.code = s.region_code) AS region_known,
           l.kind AS list_kind, g.id IS NOT NULL AS ground_known, t.id IS NOT NULL AS term_known,
           register.months_after(s.decided_on, t.most_months) AS longest,
           e.id AS existing_id, e.change_id AS standing_change, e.origin AS was_origin, e.region_code AS former_region_code,
           e.decided_on AS was_decided_on, e.ground_code AS was_ground, e.repair_class AS was_class, e.published_on AS was_published_on,
           e.last_day AS was_last_day, e.ended_on AS was_ended_on, e.end_kind AS was_end_kind, e.end_reason AS was_end_reason,
           e.end_document_number AS was_end_document, e.reference AS was_reference, e.authority AS was_authority,
           e.legal_basis AS was_basis, e.remedy AS was_remedy, e.evidence AS was_evidence,
           CASE WHEN k.corrected THEN e.ground_code ELSE s.ground_code END AS now_ground,
           CASE WHEN k.corrected THEN e.repair_class ELSE s.repair_class END AS now_class,
           CASE WHEN k.published THEN e.published_on ELSE coalesce(s.published_on, s.decided_on) END AS now_published_on,
           CASE WHEN k.corrected THEN e.last_day ELSE coalesce(s.last_day, register.months_after(s.decided_on, t.most_months)) END AS now_last_day,
           CASE WHEN k.ended THEN e.ended_on ELSE s.ended_on END AS now_ended_on,
           CASE WHEN k.ended THEN e.end_kind ELSE s.end_kind END AS now_end_kind,
           CASE WHEN k.ended THEN e.end_reason ELSE s.end_reason END AS now_end_reason,
           CASE WHEN k.ended THEN e.end_document_number ELSE s.end_document_number END AS now_end_document
      FROM pg_temp.import_staged AS s
      LEFT JOIN register.organisation AS o ON s.subject_kind = 'ORGANISATION' AND o.code = s.subject_code
      LEFT JOIN register.institution AS i ON s.subject_kind = 'INSTITUTION' AND i.code = s.subject_code
      LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
      LEFT JOIN register.credit_list AS l ON l.code = s.list_code AND l.effective @> s.decided_on
      LEFT JOIN register.credit_ground AS g ON g.code = s.ground_code AND g.list_kind = l.kind AND g.effective @> s.decided_on
      LEFT JOIN register.credit_term AS t ON t.repair_class = s.repair_class AND t.effective @> s.decided_on
      LEFT JOIN register.credit_entry AS e
        ON e.list_code = s.list_code AND e.document_number = s.document_number AND e.organisation_id IS NOT DISTINCT FROM o.id
       AND e.institution_id IS NOT DISTINCT FROM i.id AND e.person_id IS NOT DISTINCT FROM p.id
      LEFT JOIN LATERAL (
        SELECT coalesce(bool_or(x.kind = 'PUBLISHED'), false) AS published, coalesce(bool_or(x.kind = 'CORRECTED'), false) AS corrected,
               coalesce(bool_or(x.kind IN ('REPAIR_GRANTED', 'OBJECTION_UPHELD', 'WITHDRAWN', 'ANNULLED')), false) AS ended
          FROM register.entry_step AS x WHERE x.entry_id = e.id
      ) AS k ON true
  ) AS m
