SELECT to_regclass('public.registry_migration') IS NOT NULL
