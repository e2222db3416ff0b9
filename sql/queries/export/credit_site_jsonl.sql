-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT row_to_json(r)
  FROM (SELECT x.entry_id, x.credit_china_code, x.list_code, x.list_name, x.subject_kind, x.subject_code, x.subject_name, x.origin,
               x.document_number, x.decided_on, x.ground_code, x.ground, x.evidence, x.legal_basis, x.remedy, x.authority, x.region_code,
               x.repair_class, x.disputed, x.in_force_from, x.in_force_to, x.repair_from
          FROM (SELECT a.* FROM register.credit_site_entry AS a WHERE $1::bigint IS NULL
                UNION ALL
                SELECT f.* FROM register.moved_entries($1::bigint) AS s JOIN register.credit_site_entry AS f ON f.entry_id = s WHERE $1::bigint IS NOT NULL) AS x
         WHERE x.in_force_from <= register.law_today() AND coalesce(x.in_force_to, 'infinity') >= register.law_today()
         ORDER BY x.entry_id) AS r
