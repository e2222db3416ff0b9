-- Everybody is counted: looking row by row is never shorter, though it seems so while the server knows nothing yet of a new register.
SELECT set_config('enable_nestloop', 'off', true)
