-- What was counted on days that are over.
DELETE FROM register.request_count WHERE day < $1::date
