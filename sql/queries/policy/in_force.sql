SELECT DISTINCT ON (p.code) p.id, p.code, p.document
  FROM rating_policy AS p
 WHERE p.effective @> $1::date
 ORDER BY p.code, lower(p.effective) DESC, p.id DESC
