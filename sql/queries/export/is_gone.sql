-- True once an entry that was in force when a file was made is listed no more, by its day or by an act.
SELECT coalesce(disclosure.law_today() >= $2::date, false)
    OR EXISTS (SELECT FROM disclosure.superseded_since('credit_entry', $1::bigint) AS v
                WHERE NOT EXISTS (SELECT FROM disclosure.listed_entry AS n WHERE n.id = v))
