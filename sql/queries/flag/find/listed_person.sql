-- People on a list of dishonesty in force on the day, on post as managers or carers.
INSERT INTO pg_temp.flag_found (rule, institution_id, person_id, fact_key, evidence)
SELECT 'LISTED_PERSON', p.institution_id, p.person_id, concat_ws(':', e.id, p.id),
       jsonb_build_object('entry', e.id, 'listCode', e.list_code, 'groundCode', e.ground_code,
                          'documentNumber', e.document_number, 'occupation', p.occupation, 'startedOn', p.started_on)
  FROM register.credit_entry AS e
  JOIN pg_temp.flag_post AS p ON p.person_id = e.person_id AND p.asked
 WHERE e.person_id IS NOT NULL AND $1::text::jsonb -> 'lists' ? e.list_kind AND $1::text::jsonb -> 'occupations' ? p.occupation
   AND e.published_on <= $2::date AND register.credit_end(e.last_day, e.ended_on, e.original_id) >= $2::date
