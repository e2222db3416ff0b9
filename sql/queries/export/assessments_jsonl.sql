-- In no order, since sorting a register costs as much as reading it.
-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT row_to_json(r)
  FROM (SELECT x.institution_code, x.decided_on, x.grade, x.environment, x.facilities, x.operations, x.service, x.valid_from, x.valid_to, x.assessor,
               x.document_number
          FROM (SELECT a.* FROM disclosure.exported_assessment AS a WHERE $1::bigint IS NULL
                UNION ALL
                SELECT f.* FROM disclosure.changed_since('assessment', $1::bigint) AS s JOIN disclosure.exported_assessment AS f ON f.id = s WHERE $1::bigint IS NOT NULL) AS x) AS r
