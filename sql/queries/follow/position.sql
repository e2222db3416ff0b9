SELECT position FROM register.rating_follow
