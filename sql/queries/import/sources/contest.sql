-- Rows to which the source gives other content than other sources do, or about which a note is open. It prevails unless
-- one of the others has a higher precedence for the kind; `sources` are the others, the highest first.
INSERT INTO pg_temp.import_contested (line, entity, row_id, sources, held, prevails, outranks)
WITH said AS MATERIALIZED (
  SELECT r.line, r.entity, r.row_id, coalesce(s.source, s.actor) AS source
    FROM pg_temp.import_row AS r
    JOIN register.change_set AS s ON s.id = r.standing_change
   WHERE r.differs AND r.line IS NOT NULL
     AND NOT EXISTS (SELECT FROM register.row_source AS w
                      WHERE w.entity = r.entity AND w.row_id = r.row_id AND w.source = coalesce(s.source, s.actor) AND NOT w.states)
  UNION
  SELECT r.line, r.entity, r.row_id, coalesce(s.source, s.actor)
    FROM pg_temp.import_row AS r
    JOIN register.change_set AS s ON s.id = r.also_change
   WHERE r.differs AND r.line IS NOT NULL AND r.also_change IS NOT NULL
  UNION
  SELECT r.line, r.entity, r.row_id, w.source
    FROM pg_temp.import_row AS r
    JOIN register.row_source AS w ON w.entity = r.entity AND w.row_id = r.row_id AND w.states
   WHERE r.differs AND r.line IS NOT NULL
), ranked AS MATERIALIZED (
  SELECT d.source, coalesce(register.import_rule_value('PRECEDENCE', $1::text, d.source), 0) AS rank
    FROM (SELECT DISTINCT source FROM said) AS d
), others AS (
  SELECT a.entity, a.row_id, array_agg(a.source ORDER BY k.rank DESC, a.source) AS sources, max(k.rank) AS rank
    FROM said AS a
    JOIN ranked AS k USING (source)
   WHERE a.source <> $2::text
   GROUP BY a.entity, a.row_id
)
SELECT r.line, r.entity, r.row_id, coalesce(o.sources, CASE WHEN r.held THEN ARRAY[coalesce(s.source, s.actor)] ELSE '{}' END),
       r.held, NOT r.held AND coalesce(o.rank <= m.rank, true), coalesce(o.rank < m.rank, true)
  FROM pg_temp.import_row AS r
  JOIN register.change_set AS s ON s.id = r.standing_change
 CROSS JOIN (SELECT coalesce(register.import_rule_value('PRECEDENCE', $1::text, $2::text), 0) AS rank) AS m
  LEFT JOIN others AS o ON o.entity = r.entity AND o.row_id = r.row_id
 WHERE r.differs AND r.line IS NOT NULL
   AND (r.held OR o.sources IS NOT NULL
        OR EXISTS (SELECT FROM register.quality_note AS n WHERE n.entity = r.entity AND n.row_id = r.row_id))
