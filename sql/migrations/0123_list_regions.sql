-- squawk-ignore-file require-concurrent-index-creation
-- Who is on a list of a kind in a region is counted, and its newest are found, from the index alone.
CREATE INDEX credit_entry_listed_region ON register.credit_entry (list_kind, region_code)
  INCLUDE (id, decided_on, published_on, original_id, last_day, ended_on);
