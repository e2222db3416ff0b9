INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, NULL, 'CN', v.content::jsonb,
       jsonb_build_object('rule', i.rule, 'kind', nullif(i.kind, ''), 'source', nullif(i.source, ''), 'value', i.value::numeric(12, 3)::text,
                          'effectiveFrom', i.effective_from, 'effectiveTo', i.effective_to, 'legalBasis', i.legal_basis)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.import_rule_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
