SELECT pg_notify('register_changes', '')
