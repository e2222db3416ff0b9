SELECT EXISTS (SELECT FROM register.region) AS regions,
       EXISTS (SELECT FROM register.occupation) AS occupations,
       EXISTS (SELECT FROM register.calendar_day) AS calendar
