-- Open flags by rule, and how far the rules are behind the register.
SELECT (SELECT coalesce(json_object_agg(n.rule, n.open), '{}')::text
          FROM (SELECT f.rule, count(*) AS open FROM register.flag AS f WHERE f.state = 'OPEN' GROUP BY f.rule ORDER BY f.rule) AS n) AS open_by_rule,
       (SELECT count(*) FROM register.change_set AS s WHERE s.position > w.position AND s.kind IN ('IMPORT', 'CORRECTION')) AS behind
  FROM register.flag_follow AS w
