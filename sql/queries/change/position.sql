SELECT position FROM register_head
