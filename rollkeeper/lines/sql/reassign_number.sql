-- Gives a number that its ended line has no longer to a new line, and releases the old one: nothing leads from the number to
-- it any more.
-- Law: art. 2. Reads: -. Writes: lines_number, lines_line (version + 1). Plan: primary keys.
-- Again: the same; the number is with the new line.
WITH released AS (
    UPDATE lines_line SET state = 'released', number_index = NULL, version = version + 1
     WHERE line_id = %(old)s AND state = 'terminated'
)
UPDATE lines_number SET line_id = %(new)s, quarantined_until = NULL
 WHERE number_index = %(number_index)s AND line_id = %(old)s
