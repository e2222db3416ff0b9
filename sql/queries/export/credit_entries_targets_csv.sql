-- The subjects in the columns of a simplified list of targets, which programs read that know no FollowTheMoney.
SELECT s.id, s.schema, disclosure.plain_cell(s.subject_name) AS name, '' AS aliases, '' AS birth_date, s.country AS countries,
       disclosure.plain_cell(disclosure.joined(s.address)) AS addresses, coalesce(s.usc_code, s.registration_number) AS identifiers,
       disclosure.plain_cell(s.sanctions) AS sanctions, '' AS phones, '' AS emails, s.list_codes AS program_ids,
       $2::text AS dataset, s.first_seen, $1::date AS last_seen, s.last_change
  FROM disclosure.watched_subject AS s
 ORDER BY s.id
