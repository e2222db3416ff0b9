SELECT resolved_position, resolved_at, beyond_head FROM disclosure.resolve_instant($1::timestamptz)
