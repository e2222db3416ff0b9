SELECT number, name, sha256 FROM public.registry_migration ORDER BY number
