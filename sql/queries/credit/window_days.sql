-- The days of a window by the rule of today, and the calendar after today as far as the window can reach.
SELECT register.law_today() AS today, register.credit_window_days($1::text, register.law_today()) AS days,
       ARRAY(SELECT d.day FROM register.calendar_day AS d
              WHERE d.day > register.law_today() AND d.day <= register.law_today() + 365 ORDER BY d.day) AS known,
       ARRAY(SELECT d.day FROM register.calendar_day AS d
              WHERE d.day > register.law_today() AND d.day <= register.law_today() + 365 AND d.working ORDER BY d.day) AS worked
