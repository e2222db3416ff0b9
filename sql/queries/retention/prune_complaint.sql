-- What was told and by whom goes when the flag has been resolved for the term; that there was a complaint stays.
UPDATE register.complaint AS c SET account = NULL, complainant = NULL, address_hash = NULL
 WHERE c.id IN (
   SELECT o.id
     FROM register.complaint AS o JOIN register.flag AS f ON f.id = o.flag_id
    WHERE num_nonnulls(o.account, o.complainant, o.address_hash) > 0
      AND f.resolved_on + register.retention_term('COMPLAINT', $1::date) < $1::date
    LIMIT $2::integer)
