SELECT count(*)::integer FROM register.upload AS u WHERE u.caller = $1::text AND u.ended_at IS NULL AND u.expires_at > now()
