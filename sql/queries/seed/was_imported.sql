SELECT EXISTS (SELECT FROM register.import_batch WHERE kind = $1::text AND source = $2::text AND file_sha256 = $3::bytea)
