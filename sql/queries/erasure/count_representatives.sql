SELECT count(*) FROM register.representative_need AS n WHERE n.needed_to + register.retention_term('REPRESENTATIVE', $1::date) < $1::date
