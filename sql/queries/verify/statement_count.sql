SELECT count(*) FROM register.procurement_statement
