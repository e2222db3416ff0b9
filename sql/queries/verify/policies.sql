SELECT code, version, sha256, document, canonical FROM register.rating_policy ORDER BY id
