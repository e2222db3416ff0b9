"""Credit lists with due process: rules, cases, entries."""
