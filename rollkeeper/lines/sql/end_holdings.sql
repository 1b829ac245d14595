-- Ends the present holdings of these lines at an instant; the rows stay, since identity belongs to the period.
-- Law: art. 2 (transfer), 5. Reads: lines_holding. Writes: lines_holding. Plan: lines_holding_pkey by line.
-- Again: nothing, since no holding is open.
UPDATE lines_holding h
   SET held = tstzrange(lower(h.held), %(at)s)
 WHERE h.line_id = ANY (%(line_ids)s) AND upper_inf(h.held)
