-- Institutions on whose staff the source has delivered nothing for as many days as it may take (import rule DUE_DAYS), else for so many; a file that changes nothing is a delivery.
INSERT INTO pg_temp.flag_found (rule, institution_id, fact_key, evidence)
SELECT 'DATA_OVERDUE', m.id, concat_ws(':', m.id, m.delivered_on), jsonb_build_object('deliveredOn', m.delivered_on, 'source', m.source)
  FROM (SELECT t.id, f.source, f.delivered_on
          FROM register.institution AS t
          JOIN (SELECT e.institution_id, max(e.change_id) AS change_id FROM register.employment AS e
                 WHERE $3::bigint[] IS NULL OR e.institution_id = ANY ($3::bigint[])
                 GROUP BY e.institution_id) AS p ON p.institution_id = t.id
          JOIN (SELECT s.id, coalesce(s.source, s.actor) AS source,
                       (greatest(s.recorded_at, (SELECT max(b.imported_at) FROM register.import_batch AS b
                                                  WHERE b.kind = 'employments' AND b.source = s.source)) AT TIME ZONE 'Asia/Shanghai')::date AS delivered_on
                  FROM register.change_set AS s WHERE s.kind = 'IMPORT') AS f ON f.id = p.change_id
         WHERE t.status = 'ACTIVE') AS m
 WHERE m.delivered_on < $2::date - coalesce(register.import_rule_value('DUE_DAYS', 'employments', m.source)::integer, ($1::text::jsonb ->> 'days')::integer)
