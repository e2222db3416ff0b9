-- The first law day of which exports are kept; null where there is no rule.
SELECT ($1::date - register.retention_term('EXPORT', $1::date))::date
