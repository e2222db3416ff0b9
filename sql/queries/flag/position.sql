SELECT position, looked_on FROM register.flag_follow
