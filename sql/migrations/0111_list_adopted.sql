-- The last day of an adopted entry is that of its original where this comes first: kept with the listing, so that one index tells who is
-- on a list. With an original move those adopted from it.
-- squawk-ignore-file require-concurrent-index-creation, ban-drop-column
CREATE OR REPLACE VIEW register.bearing_entry AS
SELECT e.id AS entry_id, i.id AS institution_id, e.list_kind, i.region_code, e.published_on,
       register.credit_end(e.last_day, e.ended_on, e.original_id) AS last_day, e.original_id, e.organisation_id
  FROM register.credit_entry AS e JOIN register.institution AS i ON i.id = e.institution_id
 WHERE e.published_on IS NOT NULL
UNION ALL
SELECT e.id, i.id, e.list_kind, i.region_code, e.published_on, register.credit_end(e.last_day, e.ended_on, e.original_id), e.original_id, e.organisation_id
  FROM register.credit_entry AS e JOIN register.institution AS i ON i.organisation_id = e.organisation_id
 WHERE e.published_on IS NOT NULL;

-- Those whose entry is in force today, by the conditions of disclosure.listed_entry.
CREATE OR REPLACE VIEW disclosure.listed_institution AS
SELECT l.entry_id, l.institution_id, l.list_kind, l.region_code
  FROM register.listed_institution AS l
 WHERE l.last_day >= register.law_today() AND (l.published_on + 0 > (SELECT register.law_today())) IS NOT TRUE;

-- Where derived rows differ from what they are derived from.
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
          s.beds, s.policy_id, s.stars, s.score, s.certified_ratio, s.several, s.listed_on)
  UNION ALL
  SELECT 'listing.differs', 'institution ' || coalesce(b.institution_id, l.institution_id), 'entry ' || coalesce(b.entry_id, l.entry_id)
    FROM register.bearing_entry AS b
    FULL JOIN register.listed_institution AS l ON l.entry_id = b.entry_id AND l.institution_id = b.institution_id
   WHERE (b.entry_id, b.list_kind, b.region_code, b.published_on, b.last_day)
         IS DISTINCT FROM (l.entry_id, l.list_kind, l.region_code, l.published_on, l.last_day);
END;

ALTER TABLE register.listed_institution DROP COLUMN original_id;
COMMENT ON COLUMN register.listed_institution.last_day IS 'The last day of publication, of the entry or of the one it was adopted from; infinity where none is set.';
UPDATE register.listed_institution AS l SET last_day = b.last_day
  FROM register.bearing_entry AS b WHERE b.original_id IS NOT NULL AND b.entry_id = l.entry_id AND b.institution_id = l.institution_id;
CREATE INDEX listed_institution_found ON register.listed_institution (list_kind, region_code, last_day) INCLUDE (institution_id, published_on);

CREATE OR REPLACE FUNCTION register.list_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  changed bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    changed := (SELECT array_agg(n.id) FROM new_rows AS n WHERE n.published_on IS NOT NULL);
  ELSIF TG_OP = 'UPDATE' THEN
    changed := (SELECT array_agg(n.id) FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
                 WHERE (n.list_kind, n.published_on, n.last_day, n.ended_on, n.original_id, n.organisation_id, n.institution_id)
                       IS DISTINCT FROM
                       (o.list_kind, o.published_on, o.last_day, o.ended_on, o.original_id, o.organisation_id, o.institution_id));
  ELSE
    changed := (SELECT array_agg(o.id) FROM old_rows AS o);
  END IF;
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  changed := changed || ARRAY(SELECT e.id FROM credit_entry AS e WHERE e.original_id = ANY (changed) AND e.id <> ALL (changed));
  PERFORM 1 FROM organisation AS o
    WHERE o.id IN (SELECT e.organisation_id FROM credit_entry AS e WHERE e.id = ANY (changed)) ORDER BY o.id FOR NO KEY UPDATE;
  PERFORM 1 FROM institution AS i
    WHERE i.id IN (SELECT e.institution_id FROM credit_entry AS e WHERE e.id = ANY (changed)) ORDER BY i.id FOR SHARE;
  PERFORM 1 FROM credit_entry AS o
    WHERE o.id IN (SELECT e.original_id FROM credit_entry AS e WHERE e.id = ANY (changed)) ORDER BY o.id FOR SHARE;
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM listed_institution AS l WHERE l.entry_id = ANY (changed);
  END IF;
  INSERT INTO listed_institution (entry_id, institution_id, list_kind, region_code, published_on, last_day)
  SELECT b.entry_id, b.institution_id, b.list_kind, b.region_code, b.published_on, b.last_day
    FROM bearing_entry AS b WHERE b.entry_id = ANY (changed);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION register.list_institutions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  changed bigint[];
  run_by bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(n.id), array_agg(DISTINCT n.organisation_id) INTO changed, run_by FROM new_rows AS n;
  ELSIF TG_OP = 'UPDATE' THEN
    SELECT array_agg(n.id), array_agg(DISTINCT n.organisation_id) INTO changed, run_by
      FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
     WHERE (n.organisation_id, n.region_code) IS DISTINCT FROM (o.organisation_id, o.region_code);
  ELSE
    DELETE FROM listed_institution AS l USING old_rows AS o WHERE l.institution_id = o.id;
  END IF;
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM organisation AS o WHERE o.id = ANY (run_by) ORDER BY o.id FOR SHARE;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM listed_institution AS l WHERE l.institution_id = ANY (changed);
    INSERT INTO listed_institution (entry_id, institution_id, list_kind, region_code, published_on, last_day)
    SELECT b.entry_id, b.institution_id, b.list_kind, b.region_code, b.published_on, b.last_day
      FROM bearing_entry AS b WHERE b.organisation_id IS NULL AND b.institution_id = ANY (changed);
  END IF;
  INSERT INTO listed_institution (entry_id, institution_id, list_kind, region_code, published_on, last_day)
  SELECT b.entry_id, b.institution_id, b.list_kind, b.region_code, b.published_on, b.last_day
    FROM bearing_entry AS b WHERE b.organisation_id = ANY (run_by) AND b.institution_id = ANY (changed);
  RETURN NULL;
END
$$;
