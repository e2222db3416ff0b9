-- As before, but where hits lie evenly: a long walk only where it is likely to fill the page, or where no index looks near. Conditions
-- that go together are found by a short one, and by the look near it, which fills the page from some eight pages of hits on. So few
-- that all of them should fit into the page are collected at once.
CREATE OR REPLACE FUNCTION disclosure.page_of(hits text, walked text, near text, collected text, wanted bigint, evenly boolean) RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 50 SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  few bigint;
  many bigint;
  steps bigint;
BEGIN
  IF hits IS NOT NULL THEN
    few := disclosure.few(wanted);
    many := disclosure.estimated(hits);
    -- few * few is an eighth of wanted * institutions.
    steps := CASE WHEN evenly THEN CASE WHEN near IS NULL OR many > few / 2 THEN 16 ELSE 2 END * few
                  WHEN many + few < few * few / wanted / 3 THEN 8 * (many + few) END;
    IF many > (CASE WHEN evenly THEN few / 16 ELSE few END) THEN
      RETURN QUERY EXECUTE walked USING steps;
      IF FOUND OR steps IS NULL THEN
        RETURN;
      END IF;
    END IF;
  END IF;
  IF near IS NOT NULL AND coalesce(many, wanted) >= wanted THEN
    RETURN QUERY EXECUTE near;
    IF FOUND THEN
      RETURN;
    END IF;
  END IF;
  RETURN QUERY EXECUTE collected;
END
$$;
