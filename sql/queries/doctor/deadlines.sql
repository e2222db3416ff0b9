SELECT d.window_code, count(*) FILTER (WHERE d.last_day < register.law_today()) AS overdue, count(*) FILTER (WHERE d.last_day IS NULL) AS unknown, count(*) AS open
  FROM register.credit_deadline AS d
 GROUP BY d.window_code
