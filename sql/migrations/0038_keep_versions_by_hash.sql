-- Nothing is known of the rows that a statement amended, so old and new ones seem to match a thousandfold; the old ones were then sorted,
-- whole, on disk. Ids are unique: the narrow half of the new rows is hashed, and the old ones stay in the order in which they came.
ALTER FUNCTION register.keep_superseded() SET enable_mergejoin = off;
