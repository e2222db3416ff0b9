INSERT INTO register.credit_case (list_code, ground_code, organisation_id, institution_id, person_id, region_code, intake, intake_reference,
                                  change_id, ordinal)
VALUES ($1::text, $2::text, $3::bigint, $4::bigint, $5::bigint, $6::text, $7::text, $8::text, $9::bigint, $10::integer)
RETURNING id
