UPDATE pg_temp.import_resolved AS i SET changed = false FROM pg_temp.import_contested AS c WHERE c.line = i.line AND NOT c.prevails
