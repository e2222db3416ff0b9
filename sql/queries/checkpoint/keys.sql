SELECT key, used_since FROM disclosure.signing_key ORDER BY sequence
