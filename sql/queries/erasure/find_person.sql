SELECT p.id, coalesce(max(n.needed_to) >= $2::date, false) AS in_use
  FROM register.person AS p
  LEFT JOIN register.person_need AS n ON n.person_id = p.id AND NOT n.recorded
 WHERE p.number_hash = ANY ($1::bytea[])
 GROUP BY p.id
