"""The object types of the schema, one module per theme; every field declares its SQL where it is declared."""
