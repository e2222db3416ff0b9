-- Where the register stands, the policies of the day, and the first law day on which a listed entry is in force no more.
SELECT h.position, h.recorded_at, disclosure.law_today() AS law_day,
       (SELECT min(e.in_force_to) + 1 FROM disclosure.listed_entry AS e) AS gone_from,
       ARRAY(SELECT p.code || '@' || p.version FROM disclosure.rating_policy AS p
              WHERE p.effective_from <= disclosure.law_today() AND coalesce(p.effective_to, 'infinity') >= disclosure.law_today()
              ORDER BY p.code, p.version) AS policies
  FROM disclosure.head AS h
