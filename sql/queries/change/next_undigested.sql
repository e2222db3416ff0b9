SELECT min(u.position) FROM register.undigested_changes() AS u (position)
