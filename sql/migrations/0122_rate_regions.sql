-- squawk-ignore-file require-concurrent-index-creation
-- Who is rated how in a region, without looking at everybody there.
CREATE INDEX standing_region ON register.standing (region_code, stars, institution_id);
