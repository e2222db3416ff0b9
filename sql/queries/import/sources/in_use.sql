SELECT EXISTS (SELECT FROM register.quality_note) AS notes, EXISTS (SELECT FROM register.row_source) AS row_sources
