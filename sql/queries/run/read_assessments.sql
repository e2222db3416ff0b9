SELECT DISTINCT ON (a.institution_id)
       a.institution_id,
       a.grade,
       (a.environment * 100)::bigint AS environment,
       (a.facilities * 100)::bigint AS facilities,
       (a.operations * 100)::bigint AS operations,
       (a.service * 100)::bigint AS service
  FROM assessment AS a
 WHERE a.decided_on <= $1::date AND a.valid @> $1::date AND ($2::bigint[] IS NULL OR a.institution_id = ANY ($2::bigint[]))
 ORDER BY a.institution_id, a.decided_on DESC
