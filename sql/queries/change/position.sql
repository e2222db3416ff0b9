SELECT position FROM register.register_head
