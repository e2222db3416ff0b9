-- A period that begins later is withdrawn from its first day; what was withdrawn by the day stays as it is.
UPDATE register.accreditation AS a
   SET withdrawn_from = n.day, withdrawal_reason = $3::text, change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT x.id, greatest(lower(x.accredited), $2::date) AS day, register.ordinal_base() + row_number() OVER (ORDER BY x.id) AS ordinal
          FROM register.accreditation AS x
         WHERE x.evaluation_organisation_id = $1::bigint AND coalesce(upper(x.accredited), 'infinity') > $2::date
           AND coalesce(x.withdrawn_from, 'infinity') > greatest(lower(x.accredited), $2::date)) AS n
 WHERE a.id = n.id
