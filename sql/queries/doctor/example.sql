-- The first institution of China by code, with the province it lies in.
SELECT i.code, split_part(r.path, '/', 2) AS province
  FROM register.institution AS i
  JOIN register.region AS r ON r.code = i.region_code
 WHERE r.path LIKE 'CN/%'
 ORDER BY i.code, upper(r.valid) DESC NULLS FIRST
 LIMIT 1
