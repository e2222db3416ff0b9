INSERT INTO register.entry_step (entry_id, number, kind, actor, reason, documents, duties_done, promise_public, ground_code, repair_class,
                                 document_number, change_id, ordinal)
SELECT $1::bigint, $2::integer, $3::text, $4::text, $5::text, $6::text::jsonb, n.duties_done, n.promise_public, n.ground_code, n.repair_class,
       n.document_number, $8::bigint, $9::integer
  FROM jsonb_to_record($7::text::jsonb)
       AS n (duties_done boolean, promise_public boolean, ground_code text, repair_class text, document_number text)
RETURNING number
