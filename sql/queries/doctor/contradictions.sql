-- Rows about which sources contradict each other, and whether any rule of the day says who prevails.
SELECT (SELECT count(DISTINCT (n.entity, n.row_id)) FROM register.quality_note AS n WHERE n.rule = 'SOURCES_CONTRADICT') AS contradictions,
       EXISTS (SELECT FROM register.import_rule AS r WHERE r.rule = 'PRECEDENCE' AND r.effective @> $1::date) AS ranked
