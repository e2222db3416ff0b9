-- Keys of personal data -----------------------------------------------------------------------------------------------
-- Which key seals people, and which others are still needed. A fingerprint is derived from the key and says nothing of it.
-- ANNOUNCED: the next one, held by every process that imports from now on. SEALING: people are sealed and hashed under it.
-- OPENING: the one before, under which people may still be kept. RETIRED: nobody is kept under it any more.
CREATE TABLE register.personal_key (
  id smallint PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
  fingerprint bytea NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('ANNOUNCED', 'SEALING', 'OPENING', 'RETIRED')),
  announced_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  CONSTRAINT personal_key_retired CHECK ((state = 'RETIRED') = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX personal_key_in_use ON register.personal_key (state) WHERE state <> 'RETIRED';
GRANT SELECT, INSERT, UPDATE (fingerprint, state, retired_at) ON register.personal_key TO registry_staff;

-- Rises with every step of every key; who works with people's numbers holds it shared, so that a step can wait for those before it.
CREATE FUNCTION register.personal_key_epoch() RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(CASE k.state WHEN 'ANNOUNCED' THEN 1 WHEN 'SEALING' THEN 2 WHEN 'OPENING' THEN 3 ELSE 4 END), 0)
          FROM register.personal_key AS k)::integer;

-- The first key of a register is whichever comes first; while nobody is kept and nobody is being added, another may take its place.
CREATE FUNCTION register.claim_personal_key(claimed bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO register.personal_key (id, fingerprint, state)
  SELECT 1, claimed, 'SEALING' WHERE NOT EXISTS (SELECT FROM register.personal_key)
  ON CONFLICT DO NOTHING;
  IF (SELECT array_agg(k.fingerprint) FROM register.personal_key AS k) IS DISTINCT FROM ARRAY[claimed]
     AND (SELECT count(*) FROM register.personal_key) = 1
     AND pg_try_advisory_xact_lock(1886086521, register.personal_key_epoch())
     AND NOT EXISTS (SELECT FROM register.person) AND NOT EXISTS (SELECT FROM register.person_history)
  THEN
    UPDATE register.personal_key SET fingerprint = claimed;
  END IF;
END
$$;

-- Keeps people under another key, with every version of theirs; nothing but hash and cipher text changes, so it is no change set.
CREATE FUNCTION register.reseal_people(former_key smallint, people bigint[], hashes bytea[], sealed bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  UPDATE register.person AS p SET number_hash = n.number_hash, number_encrypted = n.number_encrypted
    FROM unnest(people, hashes, sealed) AS n (id, number_hash, number_encrypted)
   WHERE p.id = n.id AND get_byte(p.number_encrypted, 0) = former_key;
  UPDATE register.person_history AS h SET number_hash = n.number_hash, number_encrypted = n.number_encrypted
    FROM unnest(people, hashes, sealed) AS n (id, number_hash, number_encrypted)
   WHERE h.id = n.id AND get_byte(h.number_encrypted, 0) = former_key;
END
$$;
GRANT EXECUTE ON FUNCTION register.personal_key_epoch, register.claim_personal_key, register.reseal_people TO registry_staff;
