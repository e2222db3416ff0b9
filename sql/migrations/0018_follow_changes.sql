-- How far the ratings have followed the register: what was published up to here is in them, except what waits for a full run.
CREATE TABLE register.rating_follow (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  position bigint NOT NULL
);
INSERT INTO register.rating_follow (position) VALUES (0);
COMMENT ON TABLE register.rating_follow IS 'Moved in the transaction that publishes the ratings, so that a change set is followed once, whatever is killed when.';
ALTER TABLE register.rating_follow SET (fillfactor = 20);
GRANT SELECT, UPDATE (position) ON register.rating_follow TO registry_staff;
