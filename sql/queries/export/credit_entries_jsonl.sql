-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT row_to_json(r)
  FROM (SELECT x.entry_id, x.credit_china_code, x.list_kind, x.list_code, x.subject_kind, x.subject_code, x.subject_name, x.origin, x.original_id,
               x.document_number, x.decided_on, x.ground_code, x.repair_class, x.legal_basis, x.remedy, x.authority, x.region_code,
               x.reference, x.disputed, x.in_force_from, x.in_force_to, x.repair_from
          FROM (SELECT a.* FROM disclosure.exported_entry AS a WHERE $1::bigint IS NULL
                UNION ALL
                SELECT f.* FROM disclosure.entries_since($1::bigint) AS s JOIN disclosure.exported_entry AS f ON f.id = s WHERE $1::bigint IS NOT NULL) AS x
         ORDER BY x.entry_id) AS r
