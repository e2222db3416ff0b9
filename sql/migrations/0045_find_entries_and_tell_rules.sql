-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
-- The tables are as good as empty when this runs: nothing is released that could have filled them.

-- Pages by kind, list or ground are found without a look at the rows, as those of all entries are.
DROP INDEX register.credit_entry_in_force;
CREATE INDEX credit_entry_in_force ON register.credit_entry (register.credit_last_day(last_day, ended_on), id)
  INCLUDE (last_day, ended_on, published_on, original_id, decided_on, list_kind, list_code, ground_code);

-- Limits of complaints are rules like the others: nobody has confirmed the numbers of this release.
ALTER TABLE register.complaint_limit ADD COLUMN confirmed boolean NOT NULL DEFAULT false;
GRANT UPDATE (confirmed) ON register.complaint_limit TO registry_staff;

-- What staff read of the rules that raise flags and of the limits of complaints.
CREATE VIEW register.told_flag_rule WITH (security_invoker = true) AS
SELECT r.id, r.code, r.severity, r.parameters, lower(r.effective) AS effective_from, upper(r.effective) - 1 AS effective_to, r.legal_basis, r.confirmed
  FROM register.flag_rule AS r;
GRANT SELECT ON register.told_flag_rule TO registry_staff;
