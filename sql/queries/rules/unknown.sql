-- Columns that name what the register does not know, and parameters that a rule of flags does not have.
SELECT (g.value ->> 'row')::integer AS place, c.name
  FROM jsonb_array_elements($2::text::jsonb) AS g
 CROSS JOIN LATERAL jsonb_each_text(g.value) AS c (name, value)
 WHERE CASE c.name
         WHEN 'list_code' THEN NOT EXISTS (SELECT FROM register.credit_list AS r WHERE r.code = c.value)
         WHEN 'ground_code' THEN c.value <> '' AND NOT EXISTS (SELECT FROM register.credit_ground AS r WHERE r.code = c.value)
         WHEN 'region_code' THEN NOT EXISTS (SELECT FROM register.region AS r WHERE r.code = c.value)
         WHEN 'occupation' THEN NOT EXISTS (SELECT FROM register.occupation AS r WHERE r.code = c.value)
         WHEN 'code' THEN $1::text = 'flag_rule' AND NOT EXISTS (SELECT FROM register.flag_rule AS r WHERE r.code = c.value)
         WHEN 'parameters' THEN NOT (
           SELECT coalesce(bool_or(
                    (SELECT jsonb_object_agg(p.key, jsonb_typeof(p.value)) FROM jsonb_each(r.parameters) AS p)
                    IS NOT DISTINCT FROM
                    (SELECT jsonb_object_agg(p.key, jsonb_typeof(p.value)) FROM jsonb_each(g.value -> 'parameters') AS p)), true)
             FROM register.flag_rule AS r WHERE r.code = g.value ->> 'code')
         ELSE false
       END
 ORDER BY 1
