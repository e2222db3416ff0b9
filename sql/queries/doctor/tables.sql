SELECT relation, heap_bytes, index_bytes, total_bytes, live_rows, dead_rows, expected_bytes, vacuumed_at, analysed_at, transaction_age, scans
  FROM register.table_health()
