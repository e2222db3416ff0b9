SELECT register.personal_key_epoch()
