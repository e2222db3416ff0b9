-- Open flags, the newest first, of one rule and in one region with those below it where these are named.
SELECT f.id, f.rule, f.severity, i.code AS institution, f.region_code AS region, f.raised_on, f.evidence::text AS evidence
  FROM register.flag AS f
  JOIN register.institution AS i ON i.id = f.institution_id
 WHERE f.state = 'OPEN' AND ($1::text IS NULL OR f.rule = $1::text)
   AND ($2::text IS NULL OR f.region_code IN (SELECT r.code FROM register.region AS r WHERE $2::text = ANY (string_to_array(r.path, '/'))))
 ORDER BY f.id DESC LIMIT $3::integer
