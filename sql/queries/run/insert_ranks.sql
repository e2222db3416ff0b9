-- One row a block; its ranks are a slice of all.
INSERT INTO register.rating_rank_block (run_id, policy_id, block, members, nation, region, kind)
SELECT $1::bigint, $2::bigint, b.block, ($6::integer[])[b.first:b.last], ($7::integer[])[b.first:b.last], ($8::integer[])[b.first:b.last],
       ($9::integer[])[b.first:b.last]
  FROM unnest($3::integer[], $4::integer[], $5::integer[]) AS b (block, first, last)
