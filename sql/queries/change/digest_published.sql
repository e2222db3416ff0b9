SELECT before_digest, after_digest FROM register.digest_published($1::bigint)
