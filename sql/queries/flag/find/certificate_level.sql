-- The level digit (position 16) of a skill certificate's number against the level it is registered with.
INSERT INTO pg_temp.flag_found (rule, institution_id, person_id, fact_key, evidence)
SELECT 'CERTIFICATE_LEVEL', p.institution_id, c.person_id, concat_ws(':', p.institution_id, c.id, c.number, c.level),
       jsonb_build_object('certificateNumber', c.number, 'level', c.level, 'levelOfNumber', 7 - substr(c.number, 16, 1)::integer)
  FROM pg_temp.flag_certificate AS c
  JOIN pg_temp.flag_post AS p ON p.person_id = c.person_id AND p.asked
 WHERE CASE WHEN c.kind <> 'SKILL_LEVEL' OR substr(c.number, 16, 1) = (7 - c.level)::text THEN false
            ELSE c.number ~ '^[YS][0-9]{14}[1-5][0-9]{6}$' END
