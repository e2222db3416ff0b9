WITH period AS (
  SELECT s.line, s.evaluator_code, s.accredited_from, coalesce(s.accredited_to, 'infinity') AS accredited_to
    FROM pg_temp.import_staged AS s
  UNION ALL
  SELECT NULL, v.code, lower(a.accredited), coalesce(upper(a.accredited) - 1, 'infinity')
    FROM register.accreditation AS a
    JOIN register.evaluation_organisation AS v ON v.id = a.evaluation_organisation_id
   WHERE v.code IN (SELECT s.evaluator_code FROM pg_temp.import_staged AS s)
     AND NOT EXISTS (SELECT FROM pg_temp.import_resolved AS i WHERE i.existing_id = a.id)
     AND NOT EXISTS (SELECT FROM pg_temp.import_ended AS n WHERE n.row_id = a.id)
), neighbour AS (
  SELECT p.*, max(p.accredited_to) OVER earlier AS earlier_to, lag(p.accredited_from) OVER around AS previous_from, lag(p.line) OVER around AS previous_line,
         lead(p.accredited_from) OVER around AS next_from, lead(p.line) OVER around AS next_line
    FROM period AS p
  WINDOW around AS (PARTITION BY p.evaluator_code ORDER BY p.accredited_from, p.line),
         earlier AS (around ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT n.line, n.accredited_from::text AS value, CASE WHEN n.earlier_to >= n.accredited_from THEN n.previous_line::text END AS detail, count(*) OVER () AS total
  FROM neighbour AS n
 WHERE n.line IS NOT NULL
   AND (n.earlier_to >= n.accredited_from AND n.previous_from < n.accredited_from OR n.next_line IS NULL AND n.accredited_to >= n.next_from)
 ORDER BY n.line LIMIT $1::integer
