-- A day that an operator put in from another source stays as it is.
INSERT INTO register.calendar_day AS d (day, working, holiday, source)
SELECT n.day, n.working, n.holiday, $4::text
  FROM unnest($1::date[], $2::boolean[], $3::text[]) AS n (day, working, holiday)
ON CONFLICT (day) DO UPDATE
   SET working = excluded.working, holiday = excluded.holiday, source = excluded.source
 WHERE (d.working, d.holiday) IS DISTINCT FROM (excluded.working, excluded.holiday)
   AND split_part(d.source, ' ', 1) = split_part(excluded.source, ' ', 1)
