SELECT DISTINCT ON (v.institution_id)
       v.institution_id,
       coalesce(v.stars, 0::smallint) AS stars
  FROM (SELECT institution_id, as_of, change_id, stars FROM rating
        UNION ALL
        SELECT institution_id, as_of, change_id, stars FROM rating_history) AS v
 WHERE v.as_of <= $1::date AND ($2::bigint[] IS NULL OR v.institution_id = ANY ($2::bigint[]))
 ORDER BY v.institution_id, v.as_of DESC, v.change_id DESC
