-- How much would end, of what, and what the rules of the day allow the kind and the source; without a rule nothing.
-- `at_end`: all of it at the subject that the file names last, as it is when a file was cut off.
SELECT coalesce(sum(t.standing), 0)::bigint AS standing, coalesce(sum(t.ended), 0)::bigint AS ended, r.share, r.share_of_one, r.least,
       count(*) FILTER (WHERE t.ended >= r.least AND t.ended > r.share_of_one * t.standing) AS emptied,
       coalesce(sum(t.ended) = (array_agg(t.ended ORDER BY t.last_line DESC NULLS LAST))[1], false) AS at_end
  FROM (SELECT coalesce(register.import_rule_value('REMOVAL_SHARE', $1::text, $2::text), 0) AS share,
               coalesce(register.import_rule_value('REMOVAL_SHARE_OF_ONE', $1::text, $2::text), 1) AS share_of_one,
               coalesce(register.import_rule_value('REMOVAL_LEAST', $1::text, $2::text), 1) AS least) AS r
  LEFT JOIN (SELECT n.subject_id, count(*) AS standing, count(*) FILTER (WHERE n.ends) AS ended, max(n.line) AS last_line
               FROM pg_temp.import_standing AS n GROUP BY n.subject_id) AS t ON true
 GROUP BY r.share, r.share_of_one, r.least
