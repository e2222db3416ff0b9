-- The cipher text is never twice alike, so it has no part in the comparison.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, p.id AS existing_id, p.change_id AS standing_change,
       p.id IS NOT NULL AND (p.name, p.education, p.registered_on) IS DISTINCT FROM (s.name, s.education, s.registered_on) AS changed,
       p.id AS person_id, p.id AS former_person_id
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
