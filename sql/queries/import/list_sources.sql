SELECT s.source, s.kind, s.delivered_at, s.deliveries, s.rows, s.due_days, s.late, s.missing, s.contradictions, s.open_notes, s.rejected_rows,
       s.refusals
  FROM register.source_report AS s
 ORDER BY s.source, s.kind
