-- Change sets whose place or time does not follow from the one before.
WITH ordered AS (
  SELECT position, recorded_at,
         coalesce(lag(position) OVER (ORDER BY position), 0) AS previous_position,
         lag(recorded_at) OVER (ORDER BY position) AS previous_at
    FROM register.change_set
)
SELECT CASE WHEN position <> previous_position + 1 THEN 'change-set.gap' ELSE 'change-set.time' END AS rule,
       'change set ' || position AS subject,
       CASE WHEN position <> previous_position + 1 THEN 'follows ' || previous_position
            ELSE recorded_at || ' is not after ' || previous_at END AS detail
  FROM ordered
 WHERE position <> previous_position + 1 OR recorded_at <= previous_at
 ORDER BY position
