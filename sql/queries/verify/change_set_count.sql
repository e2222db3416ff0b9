SELECT count(*) AS change_sets, coalesce(max(position), 0) AS newest, max(recorded_at) AS recorded_at FROM register.change_set
