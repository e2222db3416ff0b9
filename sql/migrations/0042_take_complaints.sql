-- Complaints (举报): leads from the public, for the authority of the region alone. A complaint raises a flag; what became of that is what became of it.
-- squawk-ignore-file ban-drop-constraint
CREATE TABLE register.complaint (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  receipt text NOT NULL CONSTRAINT complaint_receipt UNIQUE,
  flag_id bigint NOT NULL CONSTRAINT complaint_flag UNIQUE REFERENCES register.flag (id),
  institution_id bigint NOT NULL REFERENCES register.institution (id),
  region_code text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  account text,
  complainant bytea,
  address_hash bytea
);
COMMENT ON COLUMN register.complaint.account IS 'What happened, citizen numbers masked; NULL once it was erased by the rule of keeping.';
COMMENT ON COLUMN register.complaint.complainant IS 'Name and contact, sealed under the data key and bound to the receipt; NULL where anonymous or erased.';
COMMENT ON COLUMN register.complaint.address_hash IS 'Keyed hash of where it came from, for the limits alone.';
CREATE INDEX complaint_address ON register.complaint (address_hash, received_at);
CREATE INDEX complaint_institution ON register.complaint (institution_id, received_at);
CREATE INDEX complaint_region ON register.complaint (region_code, id);
ALTER TABLE register.complaint ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE (account, complainant, address_hash) ON register.complaint TO registry_staff;
GRANT MAINTAIN ON register.complaint TO registry_staff;
CREATE POLICY complaint_scope ON register.complaint TO registry_staff
  USING ((SELECT register.sees_all()) OR ((SELECT register.acts_for_region()) AND region_code IN (SELECT register.regions_in_scope())));

-- How many are taken within a time: from one address, on one institution. Dated like every rule.
CREATE TABLE register.complaint_limit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  per text NOT NULL CHECK (per IN ('ADDRESS', 'INSTITUTION')),
  most integer NOT NULL CHECK (most > 0),
  within interval NOT NULL CHECK (within > interval '0 seconds'),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  CONSTRAINT complaint_limit_effective UNIQUE (per, effective WITHOUT OVERLAPS)
);
GRANT SELECT, INSERT, UPDATE (effective) ON register.complaint_limit TO registry_staff;
INSERT INTO register.complaint_limit (per, most, within, effective, legal_basis) VALUES
  ('ADDRESS', 5, '1 hour', '[2020-01-01,)', 'default of this release'),
  ('INSTITUTION', 50, '1 day', '[2020-01-01,)', 'default of this release');

-- What whoever holds the receipt may know, and nothing of why.
CREATE FUNCTION disclosure.complaint_told(receipt text, OUT receipt_number text, OUT received_on date, OUT state text, OUT resolved_on date)
RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT c.receipt, (c.received_at AT TIME ZONE 'Asia/Shanghai')::date,
         CASE f.state WHEN 'OPEN' THEN 'RECEIVED' WHEN 'ESCALATED' THEN 'LED_TO_CASE' ELSE f.state END, f.resolved_on
    FROM register.complaint AS c JOIN register.flag AS f ON f.id = c.flag_id
   WHERE c.receipt = complaint_told.receipt
$$;
REVOKE EXECUTE ON FUNCTION disclosure.complaint_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disclosure.complaint_told TO registry_public;

ALTER TABLE register.retention_rule DROP CONSTRAINT retention_rule_subject_check;
ALTER TABLE register.retention_rule ADD CONSTRAINT retention_rule_subject_check
  CHECK (subject IN ('PERSON', 'REPRESENTATIVE', 'COMPLAINT', 'IDEMPOTENT_ANSWER', 'JOB_RUN')) NOT VALID;
INSERT INTO register.retention_rule (subject, kept, effective, legal_basis) VALUES
  ('COMPLAINT', '3 years', '[2021-11-01,)', '个人信息保护法 第十九条、第四十七条');

-- As before, and not while a complainant is kept under the first key either.
CREATE OR REPLACE FUNCTION register.claim_personal_key(claimed bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO register.personal_key (id, fingerprint, state)
  SELECT 1, claimed, 'SEALING' WHERE NOT EXISTS (SELECT FROM register.personal_key)
  ON CONFLICT DO NOTHING;
  IF (SELECT array_agg(k.fingerprint) FROM register.personal_key AS k) IS DISTINCT FROM ARRAY[claimed]
     AND (SELECT count(*) FROM register.personal_key) = 1
     AND pg_try_advisory_xact_lock(1886086521, register.personal_key_epoch())
     AND NOT EXISTS (SELECT FROM register.person) AND NOT EXISTS (SELECT FROM register.person_history)
     AND NOT EXISTS (SELECT FROM register.complaint AS c WHERE c.complainant IS NOT NULL)
  THEN
    UPDATE register.personal_key SET fingerprint = claimed;
  END IF;
END
$$;
