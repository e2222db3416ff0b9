SELECT i.id, i.region_code, register.sees_all() OR i.region_code IN (SELECT register.regions_in_scope()) AS in_scope
  FROM register.institution AS i WHERE i.code = $1::text
