SELECT DISTINCT kind FROM register.import_batch WHERE source = $1::text
