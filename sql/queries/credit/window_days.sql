-- The calendar after today as far as a window can reach, with the window's days by the rule of today; days is NULL without a rule.
SELECT t.today, t.days, d.day, d.working
  FROM (SELECT register.law_today() AS today, register.credit_window_days($1::text, register.law_today()) AS days) AS t
  LEFT JOIN register.calendar_day AS d ON d.day > t.today AND d.day <= t.today + 4 * t.days + 60
 ORDER BY d.day
