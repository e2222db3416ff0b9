-- The simplified list of targets as programs expect it: several values of a column joined by semicolons, quoted as a line of CSV would be,
-- and of each entry its list, ground, status, first day and last day.
CREATE FUNCTION disclosure.joined(VARIADIC texts text[]) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(string_agg(CASE WHEN t.text ~ '[;"\r\n]' THEN '"' || replace(t.text, '"', '""') || '"' ELSE t.text END, ';' ORDER BY t.text COLLATE "C"), '')
          FROM unnest(texts) AS t (text) WHERE t.text <> '');
GRANT EXECUTE ON FUNCTION disclosure.joined TO registry_public, registry_staff;

CREATE OR REPLACE VIEW disclosure.watched_subject AS
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
               disclosure.joined(VARIADIC array_agg(concat_ws(' - ', e.list_name, e.ground, CASE WHEN e.disputed THEN 'disputed' ELSE 'active' END,
                                                              e.in_force_from, e.in_force_to))) AS sanctions,
               disclosure.joined(VARIADIC array_agg(DISTINCT e.list_code)) AS list_codes
          FROM disclosure.watched_entry AS e
         GROUP BY e.subject_id, e.subject_kind, e.subject_code, e.subject_name, e.organisation_id, e.institution_id) AS s
  LEFT JOIN disclosure.organisation AS o ON o.id = s.organisation_id
  LEFT JOIN disclosure.institution AS i ON i.id = s.institution_id;
