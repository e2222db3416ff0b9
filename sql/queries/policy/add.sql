INSERT INTO register.rating_policy
  (code, version, sha256, document, canonical, title_zh, title_en, region_code, legal_basis, effective, score_decimals, grade_count,
   indicators, change_id, ordinal)
VALUES ($1::text, $2::text, $3::bytea, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text,
        daterange($10::date, $11::date, '[]'), $12::smallint, $13::smallint, $14::text[], $15::bigint, $16::integer)
RETURNING id
