-- squawk-ignore-file require-concurrent-index-creation, adding-not-nullable-field, constraint-missing-not-valid
-- How a thousand codes are rated, from one index: who bears a code, whether it is an organisation's that runs several, what the rating is,
-- and on which days entries on credit lists bear on it, so that those of the few are looked up alone.

-- A rating with stars has its score as its run wrote it, with the decimals of its policy.
ALTER TABLE register.rating ADD CONSTRAINT rating_scored CHECK (stars IS NULL OR score IS NOT NULL);

-- The days are those of published entries, to the last day of each or of the one it was adopted from; whatever ends by then ends without a
-- write. Nobody but the owner sees them: of other days than today they are not for everybody.
CREATE VIEW register.told_standing AS
SELECT i.id AS institution_id,
       EXISTS (SELECT FROM register.organisation AS o JOIN register.institution AS r ON r.organisation_id = o.id AND r.status <> 'CLOSED'
                WHERE o.code = i.code OFFSET 1) AS several,
       (SELECT range_agg(daterange(e.published_on, register.credit_end(e.last_day, e.ended_on, e.original_id), '[]'))
          FROM register.credit_entry AS e
         WHERE (e.institution_id = i.id OR e.organisation_id = i.organisation_id)
           AND e.published_on <= register.credit_end(e.last_day, e.ended_on, e.original_id)) AS listed_on
  FROM register.institution AS i;
COMMENT ON VIEW register.told_standing IS 'Whether the code of an institution is that of an organisation that runs several, and the days on which entries bear on it.';

ALTER TABLE register.standing ADD COLUMN several boolean NOT NULL DEFAULT false, ADD COLUMN listed_on datemultirange;
UPDATE register.standing AS s SET several = t.several, listed_on = t.listed_on
  FROM register.told_standing AS t
 WHERE t.institution_id = s.institution_id AND (t.several OR t.listed_on IS NOT NULL);
CREATE INDEX standing_code ON register.standing (code) INCLUDE (institution_id, organisation_id, several, listed_on, policy_id, stars, score);

CREATE FUNCTION register.stand_as_told(institutions bigint[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = register, pg_temp AS $$
  UPDATE standing AS s SET several = t.several, listed_on = t.listed_on
    FROM told_standing AS t
   WHERE t.institution_id = ANY (institutions) AND s.institution_id = t.institution_id
     AND (s.several, s.listed_on) IS DISTINCT FROM (t.several, t.listed_on)
$$;
REVOKE EXECUTE ON FUNCTION register.stand_as_told FROM public;

-- The institutions that bear the codes of these organisations.
CREATE FUNCTION register.bearing_codes_of(organisations bigint[]) RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT array_agg(s.institution_id) FROM organisation AS o JOIN standing AS s ON s.code = o.code WHERE o.id = ANY (organisations)
$$;
REVOKE EXECUTE ON FUNCTION register.bearing_codes_of FROM public;

-- Named to fire after the triggers that add the standing itself. Of what is added, most run nothing else and are on no list.
CREATE FUNCTION register.stand_among() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM stand_as_told(array_agg(DISTINCT c.id))
       FROM (SELECT s.institution_id AS id
               FROM (SELECT n.organisation_id AS id FROM new_rows AS n UNION SELECT o.id FROM organisation AS o JOIN new_rows AS n ON n.code = o.code) AS c
               JOIN organisation AS o ON o.id = c.id
               JOIN standing AS s ON s.code = o.code
              WHERE EXISTS (SELECT FROM institution AS r WHERE r.organisation_id = o.id AND r.status <> 'CLOSED' OFFSET 1)
             UNION ALL
             SELECT n.id FROM new_rows AS n WHERE EXISTS (SELECT FROM credit_entry AS e WHERE e.organisation_id = n.organisation_id)) AS c;
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM stand_as_told(array_agg(n.id) || bearing_codes_of(array_agg(n.organisation_id) || array_agg(o.organisation_id)))
       FROM new_rows AS n JOIN old_rows AS o USING (id)
      WHERE (n.code, n.organisation_id, n.status) IS DISTINCT FROM (o.code, o.organisation_id, o.status);
  ELSE
    PERFORM stand_as_told(bearing_codes_of(array_agg(o.organisation_id))) FROM old_rows AS o;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER stood_among_added AFTER INSERT ON register.institution REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_among();
CREATE TRIGGER stood_among_amended AFTER UPDATE ON register.institution REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_among();
CREATE TRIGGER stood_among_ended AFTER DELETE ON register.institution REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_among();

-- An organisation that is added or goes runs nothing: only another code moves anything.
CREATE FUNCTION register.stand_recoded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  PERFORM stand_as_told(array_agg(s.institution_id))
     FROM old_rows AS o JOIN new_rows AS n USING (id) JOIN standing AS s ON s.code IN (o.code, n.code)
    WHERE o.code <> n.code;
  RETURN NULL;
END
$$;
CREATE TRIGGER stood_recoded AFTER UPDATE ON register.organisation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_recoded();

-- With an entry move those adopted from it.
CREATE FUNCTION register.stand_under(entries bigint[], institutions bigint[], organisations bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = register, pg_temp AS $$
  WITH moved AS (
    SELECT e.institution_id, e.organisation_id FROM credit_entry AS e WHERE e.id = ANY (entries) OR e.original_id = ANY (entries)
    UNION SELECT i.id, NULL FROM unnest(institutions) AS i (id)
    UNION SELECT NULL, o.id FROM unnest(organisations) AS o (id))
  SELECT stand_as_told(array_agg(DISTINCT c.id))
    FROM (SELECT m.institution_id AS id FROM moved AS m WHERE m.institution_id IS NOT NULL
          UNION ALL SELECT i.id FROM moved AS m JOIN institution AS i ON i.organisation_id = m.organisation_id) AS c
$$;
REVOKE EXECUTE ON FUNCTION register.stand_under FROM public;

CREATE FUNCTION register.stand_listed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM stand_under(array_agg(n.id), '{}', '{}') FROM new_rows AS n;
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM stand_under(array_agg(n.id), array_agg(o.institution_id), array_agg(o.organisation_id))
       FROM new_rows AS n JOIN old_rows AS o USING (id)
      WHERE (n.institution_id, n.organisation_id, n.published_on, n.last_day, n.ended_on, n.original_id)
            IS DISTINCT FROM (o.institution_id, o.organisation_id, o.published_on, o.last_day, o.ended_on, o.original_id);
  ELSE
    PERFORM stand_under(array_agg(o.id), array_agg(o.institution_id), array_agg(o.organisation_id)) FROM old_rows AS o;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER stood_listed AFTER INSERT ON register.credit_entry REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_listed();
CREATE TRIGGER stood_listed_anew AFTER UPDATE ON register.credit_entry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_listed();
CREATE TRIGGER stood_unlisted AFTER DELETE ON register.credit_entry REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION register.stand_listed();

-- Whether an entry is in force today is for everybody.
CREATE OR REPLACE VIEW disclosure.standing AS
SELECT s.institution_id, s.institution_id AS id, s.code, s.scheme, s.organisation_id, s.name, s.name_folded, s.name_pinyin, s.name_initials, s.kind,
       s.region_code, s.status, s.beds, s.policy_id, s.stars, s.score, s.certified_ratio, s.several,
       coalesce(s.listed_on @> (SELECT register.law_today()), false) AS listed
  FROM register.standing AS s;

CREATE OR REPLACE FUNCTION register.find_misplaced() RETURNS TABLE (rule text, subject text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp
BEGIN ATOMIC
  SELECT 'standing.differs', 'institution ' || coalesce(d.id, s.institution_id), coalesce(d.code, s.code)
    FROM (SELECT i.id, i.code, i.scheme, i.organisation_id, i.name, i.name_folded, i.name_pinyin, i.name_initials, i.kind, i.region_code, i.status,
                 i.beds, r.policy_id, r.stars, r.score, r.certified_ratio, t.several, t.listed_on
            FROM register.institution AS i
            JOIN register.told_standing AS t ON t.institution_id = i.id
            LEFT JOIN register.rating AS r ON r.institution_id = i.id) AS d
    FULL JOIN register.standing AS s ON s.institution_id = d.id
   WHERE (d.id, d.code, d.scheme, d.organisation_id, d.name, d.name_folded, d.name_pinyin, d.name_initials, d.kind, d.region_code, d.status, d.beds,
          d.policy_id, d.stars, d.score, d.certified_ratio, d.several, d.listed_on)
         IS DISTINCT FROM
         (s.institution_id, s.code, s.scheme, s.organisation_id, s.name, s.name_folded, s.name_pinyin, s.name_initials, s.kind, s.region_code, s.status,
          s.beds, s.policy_id, s.stars, s.score, s.certified_ratio, s.several, s.listed_on);
END;
