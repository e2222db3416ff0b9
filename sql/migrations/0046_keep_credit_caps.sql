-- What a policy has entries do to a grade, kept as rows: a thousand ratings under entries ask for it thousands of times, and the document
-- is not read again for each. The rows follow from the policy's document, which does not change.
CREATE TABLE register.credit_cap (
  policy_id bigint NOT NULL REFERENCES register.rating_policy (id) ON DELETE CASCADE,
  place bigint NOT NULL,
  code text NOT NULL,
  list_kind text NOT NULL,
  ground text NOT NULL,
  at_most integer NOT NULL,
  while_disputed boolean NOT NULL,
  title_zh text,
  title_en text,
  legal_basis text,
  CONSTRAINT credit_cap_pkey PRIMARY KEY (policy_id, place)
);
GRANT SELECT ON register.credit_cap TO registry_staff;
COMMENT ON TABLE register.credit_cap IS 'The grade that an entry of the kind (and ground, where named) leaves at most; 0: no rating.';

INSERT INTO register.credit_cap SELECT * FROM disclosure.credit_cap;

CREATE FUNCTION register.keep_credit_caps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  DELETE FROM register.credit_cap WHERE policy_id = NEW.id;
  INSERT INTO register.credit_cap
  SELECT NEW.id, c.place, c.cap ->> 'code', c.cap ->> 'list_kind', coalesce(c.cap ->> 'ground', ''),
         CASE WHEN (c.cap ->> 'suspended')::boolean THEN 0 ELSE register.exact_number(c.cap ->> 'at_most')::integer END,
         coalesce((c.cap ->> 'while_disputed')::boolean, true),
         coalesce(nullif(c.cap -> 'title' ->> 'zh', ''), c.cap -> 'title' ->> 'en'),
         coalesce(nullif(c.cap -> 'title' ->> 'en', ''), c.cap -> 'title' ->> 'zh'),
         nullif(c.cap ->> 'legal_basis', '')
    FROM jsonb_array_elements(NEW.credit_caps) WITH ORDINALITY AS c(cap, place);
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_credit_caps AFTER INSERT OR UPDATE OF canonical ON register.rating_policy FOR EACH ROW EXECUTE FUNCTION register.keep_credit_caps();

CREATE OR REPLACE VIEW disclosure.credit_cap AS
SELECT c.policy_id, c.place, c.code, c.list_kind, c.ground, c.at_most, c.while_disputed, c.title_zh, c.title_en, c.legal_basis
  FROM register.credit_cap AS c;
