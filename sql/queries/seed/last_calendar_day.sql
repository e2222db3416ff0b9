SELECT max(day) FROM register.calendar_day
