-- FollowTheMoney entities, one a line: the subjects of entries, then an entity Sanction for each entry.
SELECT json_strip_nulls(json_build_object(
         'id', s.id, 'caption', s.subject_name, 'schema', s.schema,
         'properties', json_build_object(
           'name', disclosure.told(s.subject_name), 'country', disclosure.told(s.country),
           'jurisdiction', CASE WHEN s.subject_kind = 'ORGANISATION' THEN disclosure.told(s.country) END,
           'uscCode', disclosure.told(s.usc_code), 'registrationNumber', disclosure.told(s.registration_number),
           'legalForm', disclosure.told(s.legal_form), 'address', disclosure.told(s.address),
           'topics', disclosure.told(s.debarment, s.warning),
           'notes', CASE WHEN s.subject_kind = 'PERSON' THEN disclosure.told('公民身份号码（部分隐去）' || s.subject_code) END),
         'datasets', json_build_array('care_credit_register'), 'referents', '[]'::json, 'target', true,
         'first_seen', s.first_seen, 'last_change', s.last_change))
  FROM disclosure.watched_subject AS s
UNION ALL
SELECT json_strip_nulls(json_build_object(
         'id', e.id, 'caption', e.list_name, 'schema', 'Sanction',
         'properties', json_build_object(
           'entity', disclosure.told(e.subject_id), 'country', disclosure.told(e.country), 'authority', disclosure.told(e.authority),
           'recordId', disclosure.told(e.document_number), 'program', disclosure.told(e.list_name), 'programId', disclosure.told(e.list_code),
           'reason', disclosure.told(e.ground), 'provisions', disclosure.told(e.legal_basis), 'description', disclosure.told(e.remedy),
           'listingDate', disclosure.told(e.decided_on::text), 'startDate', disclosure.told(e.in_force_from::text),
           'endDate', disclosure.told(e.in_force_to::text), 'status', disclosure.told(CASE WHEN e.disputed THEN 'disputed' ELSE 'active' END)),
         'datasets', json_build_array('care_credit_register'), 'referents', '[]'::json, 'target', false,
         'first_seen', e.in_force_from, 'last_change', e.in_force_from))
  FROM disclosure.watched_entry AS e
