-- True once an entry that was in force when a file was made is listed no more, by its day or by an act.
SELECT coalesce(disclosure.law_today() >= $2::date, false)
    OR EXISTS (SELECT FROM disclosure.change_set AS s
                 JOIN disclosure.credit_entry_version AS v ON v.ended_by = s.id
                WHERE s.position > $1::bigint AND v.recorded_from <= $1::bigint
                  AND NOT EXISTS (SELECT FROM disclosure.listed_entry AS n WHERE n.id = v.id))
