INSERT INTO register.rating_rank_block (run_id, policy_id, block, nation, region, kind)
SELECT $1::bigint, $2::bigint, b.block, b.nation, b.region, b.kind
  FROM jsonb_to_recordset($3::text::jsonb) AS b(block integer, nation integer[], region integer[], kind integer[])
