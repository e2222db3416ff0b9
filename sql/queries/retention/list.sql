SELECT r.subject, (extract(year FROM r.kept) * 12 + extract(month FROM r.kept))::integer AS months, extract(day FROM r.kept)::integer AS days,
       lower(r.effective) AS effective_from, upper(r.effective) - 1 AS effective_to, r.legal_basis
  FROM register.retention_rule AS r
 ORDER BY r.subject, lower(r.effective)
