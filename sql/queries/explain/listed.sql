-- The entries in force on a day, as the register told them at a position, that bear on an institution: its own, and those of the legal
-- entity that ran it then.
WITH bearing AS (
  SELECT v.id, v.organisation_id
    FROM disclosure.institution_version AS v
   WHERE v.id = $1::bigint AND v.recorded_from <= $2::bigint AND (v.recorded_to IS NULL OR v.recorded_to > $2::bigint)),
told AS (
  SELECT e.* FROM bearing AS b JOIN disclosure.listed_entry_version AS e ON e.institution_id = b.id
  UNION ALL
  SELECT e.* FROM bearing AS b JOIN disclosure.listed_entry_version AS e ON e.organisation_id = b.organisation_id)
SELECT e.id, e.list_kind, e.ground_code, e.disputed
  FROM told AS e
 WHERE e.recorded_from <= $2::bigint AND (e.recorded_to IS NULL OR e.recorded_to > $2::bigint)
   AND e.in_force_from <= $3::date AND (e.in_force_to IS NULL OR e.in_force_to >= $3::date)
 ORDER BY e.id
