-- `standing`: how many of its periods reach the day or a later one, those withdrawn by then included.
SELECT o.id, register.sees_all() OR o.region_code IN (SELECT register.regions_in_scope()) AS in_scope,
       (SELECT count(*) FROM register.accreditation AS a
         WHERE a.evaluation_organisation_id = o.id AND coalesce(upper(a.accredited), 'infinity') > $2::date) AS standing
  FROM register.evaluation_organisation AS o WHERE o.code = $1::text
   FOR UPDATE OF o
