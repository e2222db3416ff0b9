INSERT INTO register.rating_run_policy AS p
  (run_id, policy_id, weights_run_id, population, rated, counts_by_stars, weights, distribution, frozen, input_digest, output_digest,
   moves_since_run_id, moves)
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::integer, $5::integer, $6::integer[], $7::text::jsonb, $8::text::jsonb, $9::text::jsonb,
        $10::bytea, $11::bytea, $12::bigint, $13::text::jsonb)
RETURNING register.digest_of_distribution(p)
