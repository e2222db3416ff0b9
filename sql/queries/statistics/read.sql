SELECT s.day, s.institutions, s.beds, s.rated, s.stars, s.people, s.carers, s.certified, s.certified_ratio::text, s.levels, s.occupations::text,
       s.education::text, s.aged_60 AS elderly, s.withheld AS counts_withheld
  FROM disclosure.region_statistic AS s
 WHERE s.region_code = $1::text AND s.day >= coalesce($2::date, '-infinity') AND s.day <= coalesce($3::date, 'infinity')
 ORDER BY s.day DESC LIMIT CASE WHEN $2::date IS NULL THEN 1 ELSE 400 END
