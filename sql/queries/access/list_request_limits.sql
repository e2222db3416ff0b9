SELECT l.whom, l.per, l.most, lower(l.effective) AS effective_from, upper(l.effective) - 1 AS effective_to, l.reason
  FROM register.request_limit AS l
 ORDER BY l.whom, l.per, lower(l.effective)
