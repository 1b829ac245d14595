-- Returns the sealed values of the next lines that have a value sealed to another epoch than the newest.
-- Law: art. 5, 11. Reads: lines_line. Writes: -.
-- Plan: walks the primary key from where the last batch ended; bytes 3 to 6 of a value name its epoch. Again: what is left.

SELECT line_id, number_sealed, contact_sealed
FROM lines_line
WHERE line_id > %(after)s
  AND (substring(number_sealed FROM 3 FOR 4) <> %(epoch)s OR substring(contact_sealed FROM 3 FOR 4) <> %(epoch)s)
ORDER BY line_id
LIMIT %(limit)s
