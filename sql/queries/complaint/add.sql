INSERT INTO register.complaint (receipt, flag_id, institution_id, region_code, account, complainant, address_hash)
SELECT $1::text, f.id, f.institution_id, f.region_code, $3::text, $4::bytea, $5::bytea
  FROM register.flag AS f WHERE f.id = $2::bigint
