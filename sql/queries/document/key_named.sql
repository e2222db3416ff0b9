-- Whether a key has the name, without regard to case and to space around it.
SELECT EXISTS (SELECT FROM register.api_key AS k WHERE lower(btrim(k.name)) = $1::text)
