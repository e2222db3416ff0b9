SELECT coalesce(array_agg(code ORDER BY code), ARRAY[]::text[]) FROM occupation
