-- In no order, since sorting a register costs as much as reading it.
-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT row_to_json(r)
  FROM (SELECT x.organisation_code, x.name, x.legal_form, x.region_code, x.status, x.registered_on, x.address
          FROM (SELECT a.* FROM disclosure.exported_organisation AS a WHERE $1::bigint IS NULL
                UNION ALL
                SELECT f.* FROM disclosure.changed_since('organisation', $1::bigint) AS s JOIN disclosure.exported_organisation AS f ON f.id = s WHERE $1::bigint IS NOT NULL) AS x) AS r
