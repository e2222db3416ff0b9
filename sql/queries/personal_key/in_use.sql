SELECT id, fingerprint, state, register.personal_key_epoch() AS epoch
  FROM register.personal_key
 WHERE state <> 'RETIRED'
 ORDER BY id
