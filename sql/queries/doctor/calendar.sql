SELECT coalesce(bool_or(day = $1::date), false) AS covers_today,
       coalesce(bool_or(day = $2::date), false) AS covers_next_year,
       max(day) AS last_day
  FROM disclosure.calendar_day
