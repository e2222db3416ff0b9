SELECT disclosure.plain_cell(x.document_number) AS document_number, x.list_code, x.subject_kind, x.subject_code, x.origin, x.decided_on,
       x.ground_code, x.repair_class, disclosure.plain_cell(x.legal_basis) AS legal_basis, disclosure.plain_cell(x.remedy) AS remedy,
       disclosure.plain_cell(x.authority) AS authority, x.region_code, disclosure.plain_cell(x.reference) AS reference, x.published_on,
       x.last_day
  FROM disclosure.importable_entry AS x
 ORDER BY x.id
