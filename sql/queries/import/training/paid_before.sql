-- The register has a payment for the same person, occupation and level (programme, where it leads to none) that this file leaves standing.
SELECT i.line, i.subsidy_amount::text AS value,
       concat_ws(', ', t.subsidy_paid_on, t.subsidy_amount, t.provider, t.programme, t.document_number) AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN register.training_record AS t
    ON t.person_id = i.person_id AND t.occupation = i.occupation AND t.level = i.level
   AND CASE WHEN t.level = 0 THEN t.programme ELSE '' END = i.paid_for
 WHERE i.subsidy_amount IS NOT NULL AND t.subsidy_amount IS NOT NULL AND t.id IS DISTINCT FROM i.existing_id
   AND NOT EXISTS (SELECT FROM pg_temp.import_resolved AS n WHERE n.existing_id = t.id)
 ORDER BY i.line LIMIT $1::integer
