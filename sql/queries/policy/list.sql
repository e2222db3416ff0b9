SELECT p.id, p.code, p.version, encode(p.sha256, 'hex') AS sha256, p.title_zh, p.title_en, p.region_code, p.legal_basis,
       lower(p.effective) AS effective_from, upper(p.effective) - 1 AS effective_to
  FROM register.rating_policy AS p
 ORDER BY p.code, lower(p.effective), p.id
