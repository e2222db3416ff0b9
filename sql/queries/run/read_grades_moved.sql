-- Of every rating that began, changed or ended after a position: the grade that stood there, 0 for none; what stood comes last.
-- Where nothing changed since, which is asked first, neither table is read.
WITH since AS MATERIALIZED (SELECT s.id FROM register.change_set AS s WHERE s.position > $1::bigint AND s.changes > 0)
SELECT r.institution_id, 0::smallint AS stood, 0::smallint AS stars
  FROM register.rating AS r
 WHERE EXISTS (SELECT FROM since) AND r.change_id = ANY (ARRAY(SELECT id FROM since))
 UNION ALL
SELECT h.institution_id, 1::smallint, coalesce(h.stars, 0::smallint)
  FROM register.rating_history AS h
  JOIN register.change_set AS b ON b.id = h.change_id
 WHERE EXISTS (SELECT FROM since) AND h.ended_by = ANY (ARRAY(SELECT id FROM since)) AND b.position <= $1::bigint
 ORDER BY stood, institution_id
