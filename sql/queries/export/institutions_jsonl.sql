-- In no order, since sorting a register costs as much as reading it.
-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT row_to_json(r)
  FROM (SELECT x.institution_code, x.organisation_code, x.name, x.kind, x.region_code, x.status, x.beds, x.opened_on, x.closed_on, x.address
          FROM (SELECT a.* FROM disclosure.exported_institution AS a WHERE $1::bigint IS NULL
                UNION ALL
                SELECT f.* FROM disclosure.changed_since('institution', $1::bigint) AS s JOIN disclosure.exported_institution AS f ON f.id = s WHERE $1::bigint IS NOT NULL) AS x) AS r
