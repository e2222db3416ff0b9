UPDATE register.webhook SET state = 'PAUSED' WHERE id = $1::uuid AND state = 'ACTIVE'
