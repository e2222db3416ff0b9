-- Rules that raise flags (预警规则): dated rows like the other rules of credit lists, ended and followed by another, never rewritten.
CREATE TABLE register.flag_rule (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL CHECK (code <> ''),
  severity text NOT NULL CHECK (severity IN ('NOTICE', 'WARNING', 'SERIOUS')),
  parameters jsonb NOT NULL CHECK (jsonb_typeof(parameters) = 'object'),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  confirmed boolean NOT NULL,
  CONSTRAINT flag_rule_effective UNIQUE (code, effective WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.flag_rule.parameters IS 'Numbers that the rule compares with, by name.';
GRANT SELECT, INSERT, UPDATE (effective, confirmed) ON register.flag_rule TO registry_staff;

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
SELECT 'flag_rule', r.code, lower(r.effective), r.legal_basis FROM register.flag_rule AS r WHERE NOT r.confirmed;
