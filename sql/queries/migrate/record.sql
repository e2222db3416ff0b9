INSERT INTO public.registry_migration (number, name, sha256) VALUES ($1::integer, $2::text, $3::text)
