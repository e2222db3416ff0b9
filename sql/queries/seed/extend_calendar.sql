-- What an operator states replaces what the release ships; seeding again leaves it.
INSERT INTO register.calendar_day AS d (day, working, holiday, source)
SELECT n.day, n.working, n.holiday, $4::text
  FROM unnest($1::date[], $2::boolean[], $3::text[]) AS n (day, working, holiday)
ON CONFLICT (day) DO UPDATE
   SET working = excluded.working, holiday = excluded.holiday, source = excluded.source
 WHERE (d.working, d.holiday, d.source) IS DISTINCT FROM (excluded.working, excluded.holiday, excluded.source)
