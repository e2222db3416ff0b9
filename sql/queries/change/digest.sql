SELECT form, before_digest, after_digest FROM register.digest_change($1::integer)
