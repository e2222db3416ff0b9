-- The region path of an institution, for those whose business its imports are.
SELECT r.path
  FROM register.institution AS i JOIN register.region AS r ON r.code = i.region_code
 WHERE i.code = $1::text
 LIMIT 1
