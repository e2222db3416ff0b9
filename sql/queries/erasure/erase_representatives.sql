SELECT register.erase_representatives($1::date)
