-- The limits of today, with how many count for each already.
SELECT l.per, l.most, extract(epoch FROM l.within)::bigint AS within_seconds,
       CASE l.per
         WHEN 'ADDRESS' THEN (SELECT count(*) FROM register.complaint AS c WHERE c.address_hash = $1::bytea AND c.received_at > now() - l.within)
         ELSE (SELECT count(*) FROM register.complaint AS c WHERE c.institution_id = $2::bigint AND c.received_at > now() - l.within)
       END AS taken
  FROM register.complaint_limit AS l
 WHERE l.effective @> register.law_today()
 ORDER BY l.per
