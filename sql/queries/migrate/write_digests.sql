CALL register.write_digests()
