-- As before 0115: in a province and with ratings, names that go with the place are estimated so low that what was collected at once, or not
-- walked far, took up to six times as long, which the half of the searches that gained by it does not outweigh.
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
    steps := CASE WHEN evenly THEN 16 * few WHEN many + few < few * few / wanted / 3 THEN 8 * (many + few) END;
    IF many > (CASE WHEN evenly THEN few / 16 ELSE few END) THEN
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
