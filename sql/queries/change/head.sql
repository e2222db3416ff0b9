SELECT position, recorded_at FROM register.register_head
