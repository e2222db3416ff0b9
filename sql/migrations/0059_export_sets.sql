-- What is published as files: the rows of each set, with the columns that an import of the same kind takes wherever there is one.
-- squawk-ignore-file ban-drop-constraint
-- A text that a spreadsheet would take for a formula, made harmless.
CREATE FUNCTION disclosure.plain_cell(cell text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN left(cell, 1) IN ('=', '+', '-', '@', '＝', '＋', '－', '＠', E'\t', E'\r', E'\n') THEN '''' || cell ELSE cell END;
GRANT EXECUTE ON FUNCTION disclosure.plain_cell TO registry_public, registry_staff;

CREATE VIEW disclosure.exported_organisation AS
SELECT id, code AS organisation_code, name, legal_form, region_code, status, registered_on, address FROM disclosure.organisation;

CREATE VIEW disclosure.exported_institution AS
SELECT i.id, i.code AS institution_code, o.code AS organisation_code, i.name, i.kind, i.region_code, i.status, i.beds, i.opened_on, i.closed_on, i.address
  FROM disclosure.institution AS i JOIN disclosure.organisation AS o ON o.id = i.organisation_id;

CREATE VIEW disclosure.exported_assessment AS
SELECT a.id, i.code AS institution_code, a.decided_on, a.grade, a.environment, a.facilities, a.operations, a.service, a.valid_from, a.valid_to,
       a.assessor, a.document_number
  FROM disclosure.assessment AS a JOIN disclosure.institution AS i ON i.id = a.institution_id;

-- The lowest grade that entries in force leave under a policy; 0: none.
CREATE VIEW disclosure.exported_cap AS
SELECT b.institution_id, c.policy_id, min(c.at_most) AS at_most
  FROM disclosure.institution_entry AS b
  JOIN disclosure.credit_cap AS c ON c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)
 GROUP BY b.institution_id, c.policy_id;

CREATE VIEW disclosure.exported_rating AS
SELECT r.id, i.code AS institution_code, p.code || '@' || p.version AS policy, r.as_of, nullif(least(r.stars, x.at_most), 0) AS stars,
       r.stars AS stars_before_entries, x.at_most IS NOT NULL AND r.stars > x.at_most AS capped,
       round(r.score_scaled / power(10::numeric, p.score_decimals), p.score_decimals::integer) AS score, r.certified_ratio, r.reason, r.run_id
  FROM disclosure.rating AS r
  JOIN disclosure.institution AS i ON i.id = r.institution_id
  JOIN disclosure.rating_policy AS p ON p.id = r.policy_id
  LEFT JOIN disclosure.exported_cap AS x ON x.institution_id = r.institution_id AND x.policy_id = r.policy_id;

-- `credit_china_code` is the number under which the credit sites exchange a list of the kind.
CREATE VIEW disclosure.exported_entry AS
SELECT id, id AS entry_id, CASE list_kind WHEN 'RED' THEN 2 WHEN 'WATCH' THEN 4 WHEN 'BLACK' THEN 8 END AS credit_china_code, list_kind, list_code,
       subject_kind, subject_code, subject_name, origin, original_id, document_number, decided_on, ground_code, repair_class, legal_basis, remedy,
       authority, region_code, reference, disputed, in_force_from, in_force_to, repair_from
  FROM disclosure.listed_entry;

-- The same as another register takes them in: what was decided or recognised here is, there, another authority's decision.
-- A listed person is told by a number that is not public, so entries of persons are not among them.
CREATE VIEW disclosure.importable_entry AS
SELECT id, document_number, list_code, subject_kind, subject_code, CASE origin WHEN 'COURT' THEN 'COURT' ELSE 'IMPORTED' END AS origin, decided_on,
       ground_code, repair_class, legal_basis, remedy, authority, region_code, coalesce(nullif(reference, ''), document_number) AS reference,
       in_force_from AS published_on, in_force_to AS last_day
  FROM disclosure.listed_entry
 WHERE subject_kind <> 'PERSON';

GRANT SELECT ON disclosure.exported_organisation, disclosure.exported_institution, disclosure.exported_assessment, disclosure.exported_cap,
  disclosure.exported_rating, disclosure.exported_entry, disclosure.importable_entry TO registry_public, registry_staff;

-- How long exports are kept, by the law day on which they were made.
ALTER TABLE register.retention_rule DROP CONSTRAINT retention_rule_subject_check;
ALTER TABLE register.retention_rule ADD CONSTRAINT retention_rule_subject_check
  CHECK (subject IN ('PERSON', 'REPRESENTATIVE', 'COMPLAINT', 'IDEMPOTENT_ANSWER', 'JOB_RUN', 'EXPORT')) NOT VALID;
INSERT INTO register.retention_rule (subject, kept, effective, legal_basis) VALUES ('EXPORT', '7 days', '[2017-06-01,)', '政府信息公开条例');
