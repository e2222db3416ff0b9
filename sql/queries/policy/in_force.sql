SELECT DISTINCT ON (p.code) p.id, p.code, p.version, p.document, p.region_code, p.score_decimals
  FROM register.rating_policy AS p
 WHERE p.effective @> $1::date AND ($2::text IS NULL OR p.code = $2::text)
 ORDER BY p.code, lower(p.effective) DESC, p.id DESC
