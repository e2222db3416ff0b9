SELECT pg_database_size(current_database()) AS bytes, age(d.datfrozenxid) AS transaction_age, mxid_age(d.datminmxid) AS multixact_age
  FROM pg_database AS d
 WHERE d.datname = current_database()
