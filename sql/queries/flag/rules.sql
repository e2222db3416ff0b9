-- The rules of a day that statements find facts for, with their numbers.
SELECT r.code, r.parameters::text AS parameters FROM register.flag_rule AS r WHERE r.effective @> $1::date ORDER BY r.code
