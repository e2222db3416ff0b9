-- As before, but where slices tell where hits lie (`near`), a short walk is made only if half of the hits that it takes are expected:
-- estimates no longer reckon a region twice, and what a walk misses is found near at a lower price than that of the walk.
CREATE OR REPLACE FUNCTION disclosure.page_of(hits text, walked text, near text, collected text, wanted bigint, evenly boolean)
RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 50 SET max_parallel_workers_per_gather TO 0
AS $$
DECLARE
  few bigint;
  many bigint;
  steps bigint;
BEGIN
  IF hits IS NOT NULL THEN
    few := disclosure.few(wanted);
    many := disclosure.estimated(hits);
    -- few * few is an eighth of wanted * institutions.
    steps := CASE WHEN evenly THEN 16 * few WHEN many + few < few * few / wanted / 3 THEN 8 * (many + few) END;
    IF many > (CASE WHEN NOT evenly THEN few WHEN near IS NULL THEN few / 16 ELSE few / 4 END) THEN
      RETURN QUERY EXECUTE walked USING steps;
      IF FOUND OR steps IS NULL THEN
        RETURN;
      END IF;
    END IF;
  END IF;
  IF near IS NOT NULL THEN
    RETURN QUERY EXECUTE near;
    IF FOUND THEN
      RETURN;
    END IF;
  END IF;
  RETURN QUERY EXECUTE collected;
END
$$;
