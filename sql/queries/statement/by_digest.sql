SELECT disclosure.find_statement($1::bytea) AS text
