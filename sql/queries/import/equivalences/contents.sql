INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, NULL, i.region_code, v.content::jsonb,
       jsonb_build_object('regionCode', i.region_code, 'fromLadder', i.from_ladder, 'fromRung', i.from_rung, 'toLadder', i.to_ladder,
                          'toRung', i.to_rung, 'effectiveFrom', i.effective_from, 'effectiveTo', i.effective_to, 'legalBasis', i.legal_basis)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN disclosure.equivalence_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
