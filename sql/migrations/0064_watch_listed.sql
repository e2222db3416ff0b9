-- Entries for programs that match names against watch lists (FollowTheMoney), and for the credit sites.

-- Texts that are there, as a JSON array; NULL where there is none.
CREATE FUNCTION disclosure.told(VARIADIC texts text[]) RETURNS json LANGUAGE sql IMMUTABLE
RETURN (SELECT json_agg(t.text ORDER BY t.place) FROM unnest(texts) WITH ORDINALITY AS t (text, place) WHERE t.text <> '');
GRANT EXECUTE ON FUNCTION disclosure.told TO registry_public, registry_staff;

-- An entry in force that is held against its subject. Whoever matches names takes every hit for one, so red lists are not among them.
-- Two entries of a person are two subjects: nobody may learn from a file that they are of one and the same.
CREATE VIEW disclosure.watched_entry AS
SELECT e.id AS entry_id, 'care-entry-' || e.id AS id,
       'care-' || lower(e.subject_kind) || '-' || CASE e.subject_kind WHEN 'PERSON' THEN e.id::text ELSE replace(e.subject_code, ':', '.') END AS subject_id,
       e.subject_kind, e.subject_code, e.subject_name, e.organisation_id, e.institution_id, e.list_kind, e.list_code, l.name_zh AS list_name,
       coalesce(g.name_zh, e.ground_code) AS ground, e.legal_basis, e.remedy, e.authority, e.document_number, e.decided_on, e.disputed,
       e.in_force_from, e.in_force_to,
       CASE WHEN e.region_code ~ '^[0-9]' THEN 'cn' ELSE lower(left(e.region_code, 2)) END AS country
  FROM disclosure.listed_entry AS e
  JOIN disclosure.credit_list AS l ON l.code = e.list_code AND e.decided_on BETWEEN l.effective_from AND coalesce(l.effective_to, 'infinity')
  LEFT JOIN disclosure.credit_ground AS g
    ON g.code = e.ground_code AND g.list_kind = e.list_kind AND e.decided_on BETWEEN g.effective_from AND coalesce(g.effective_to, 'infinity')
 WHERE e.list_kind <> 'RED';

CREATE VIEW disclosure.watched_subject AS
SELECT s.*, coalesce(o.legal_form, '') AS legal_form, coalesce(o.address, i.address, '') AS address,
       CASE WHEN s.subject_kind <> 'PERSON' AND position(':' IN s.subject_code) = 0 THEN s.subject_code END AS usc_code,
       CASE WHEN s.subject_kind <> 'PERSON' AND position(':' IN s.subject_code) > 0 THEN s.subject_code END AS registration_number,
       CASE WHEN s.subject_kind = 'PERSON' THEN 'Person'
            WHEN s.subject_kind = 'INSTITUTION' THEN 'Organization'
            WHEN o.legal_form = 'PUBLIC_INSTITUTION' THEN 'PublicBody'
            WHEN o.legal_form = 'COMPANY' THEN 'Company'
            WHEN o.legal_form IN ('PRIVATE_NON_ENTERPRISE', 'ASSOCIATION', 'FOUNDATION') THEN 'Organization'
            ELSE 'LegalEntity' END AS schema
  FROM (SELECT e.subject_id AS id, e.subject_kind, e.subject_code, e.subject_name, e.organisation_id, e.institution_id, min(e.country) AS country,
               CASE WHEN bool_or(e.list_kind = 'BLACK') THEN 'debarment' END AS debarment,
               CASE WHEN bool_or(e.list_kind = 'WATCH') THEN 'reg.warn' END AS warning,
               min(e.in_force_from) AS first_seen, max(e.in_force_from) AS last_change,
               string_agg(e.list_name || ' - ' || e.ground || ' - ' || e.in_force_from, '; ' ORDER BY e.entry_id) AS sanctions,
               string_agg(DISTINCT e.list_code, ';') AS list_codes
          FROM disclosure.watched_entry AS e
         GROUP BY e.subject_id, e.subject_kind, e.subject_code, e.subject_name, e.organisation_id, e.institution_id) AS s
  LEFT JOIN disclosure.organisation AS o ON o.id = s.organisation_id
  LEFT JOIN disclosure.institution AS i ON i.id = s.institution_id;

GRANT SELECT ON disclosure.watched_entry, disclosure.watched_subject TO registry_public, registry_staff;

-- What an authority hands to a credit site: decisions in force, and removals with their day and ground. For staff alone, as it names what has ended.
CREATE VIEW register.credit_site_entry WITH (security_invoker = true) AS
SELECT e.id AS entry_id, CASE e.list_kind WHEN 'RED' THEN 2 WHEN 'WATCH' THEN 4 WHEN 'BLACK' THEN 8 END AS credit_china_code, e.list_code,
       l.name_zh AS list_name, e.subject_kind, e.subject_code, e.subject_name, e.origin, e.document_number, e.decided_on, e.ground_code,
       coalesce(g.name_zh, e.ground_code) AS ground, e.evidence, e.legal_basis, e.remedy, e.authority, e.region_code, e.repair_class, e.disputed,
       e.in_force_from, e.in_force_to, e.repair_from,
       CASE WHEN e.ended_on IS NOT NULL THEN e.ended_on ELSE e.in_force_to + 1 END AS removed_on, coalesce(e.end_kind, 'EXPIRED') AS removal_kind,
       e.end_reason AS removal_ground, e.end_document_number AS removal_document_number, e.change_id
  FROM register.staff_entry AS e
  JOIN disclosure.credit_list AS l ON l.code = e.list_code AND e.decided_on BETWEEN l.effective_from AND coalesce(l.effective_to, 'infinity')
  LEFT JOIN disclosure.credit_ground AS g
    ON g.code = e.ground_code AND g.list_kind = e.list_kind AND e.decided_on BETWEEN g.effective_from AND coalesce(g.effective_to, 'infinity')
 WHERE e.in_force_from IS NOT NULL;
GRANT SELECT ON register.credit_site_entry TO registry_staff;

-- The term of a rule of keeping may be an assumption of the release, which `registry doctor` tells until the authority has confirmed it.
ALTER TABLE register.retention_rule ADD COLUMN confirmed boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN register.retention_rule.confirmed IS 'False where the law that is named does not say this term.';
GRANT UPDATE (confirmed) ON register.retention_rule TO registry_staff;
UPDATE register.retention_rule SET confirmed = false WHERE subject = 'EXPORT';
CREATE OR REPLACE VIEW register.unconfirmed_rule WITH (security_invoker = true) AS
SELECT 'credit_list' AS relation, r.code, lower(r.effective) AS effective_from, r.legal_basis FROM register.credit_list AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_ground', r.code, lower(r.effective), r.legal_basis FROM register.credit_ground AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_term', r.repair_class, lower(r.effective), r.legal_basis FROM register.credit_term AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_consequence', concat_ws(' ', r.list_code, nullif(r.ground_code, ''), r.measure), lower(r.effective), r.legal_basis
  FROM register.credit_consequence AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'credit_window', r.code, lower(r.effective), r.legal_basis FROM register.credit_window AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'flag_rule', r.code, lower(r.effective), r.legal_basis FROM register.flag_rule AS r WHERE NOT r.confirmed
UNION ALL
SELECT 'retention_rule', r.subject, lower(r.effective), r.legal_basis FROM register.retention_rule AS r WHERE NOT r.confirmed;
