SELECT fingerprint, state FROM register.personal_key
