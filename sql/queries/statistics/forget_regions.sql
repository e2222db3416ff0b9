DELETE FROM register.region_statistic WHERE day = $1::date
