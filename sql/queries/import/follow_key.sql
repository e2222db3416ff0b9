-- While the data key is being rotated: whoever is kept under the other key is found under that one's hash.
UPDATE pg_temp.import_staged AS s
   SET number_hash = s.other_hash
  FROM register.person AS p
 WHERE p.number_hash = s.other_hash
