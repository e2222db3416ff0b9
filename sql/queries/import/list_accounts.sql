SELECT a.caller, a.source, a.kinds, a.most_rows, lower(a.effective) AS effective_from, upper(a.effective) - 1 AS effective_to, a.reason
  FROM register.import_account AS a
 ORDER BY a.caller, lower(a.effective)
