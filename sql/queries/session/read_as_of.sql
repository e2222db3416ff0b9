-- How many rows stood then is guessed too low; a nested loop over them would cost rows times rows.
WITH published AS MATERIALIZED (
  SELECT coalesce(max(s.id), 0) AS newest FROM register.change_set AS s WHERE s.position <= $1::bigint
)
SELECT set_config('search_path', 'past, register, disclosure', true),
       set_config('enable_nestloop', 'off', true),
       set_config('registry.read_position', $1::bigint::text, true),
       set_config('registry.read_newest', p.newest::text, true),
       set_config('registry.read_later', ARRAY(SELECT l.id FROM register.change_set AS l WHERE l.position > $1::bigint AND l.id < p.newest)::text, true)
  FROM published AS p
