-- In no order, since sorting a register costs as much as reading it.
-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT x.institution_code, x.policy, x.as_of, x.stars, x.stars_before_entries, x.capped::text AS capped, x.score, x.certified_ratio,
       disclosure.plain_cell(x.reason) AS reason, x.run_id
  FROM (SELECT a.* FROM disclosure.exported_rating AS a WHERE $1::bigint IS NULL
        UNION ALL
        SELECT f.* FROM disclosure.ratings_since($1::bigint) AS s JOIN disclosure.exported_rating_singly AS f ON f.id = s
         WHERE $1::bigint IS NOT NULL) AS x
