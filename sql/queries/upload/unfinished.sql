SELECT u.id FROM register.upload AS u WHERE u.state IN ('RECEIVED', 'IMPORTING') ORDER BY u.created_at
