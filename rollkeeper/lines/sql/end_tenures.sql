-- Ends the present tenures of these lines at an instant; the rows stay, since identity belongs to the period.
-- Law: art. 2 (transfer), 5. Reads: lines_tenure. Writes: lines_tenure. Plan: lines_tenure_pkey by line.
-- Again: nothing, since no tenure is open.
UPDATE lines_tenure h
   SET held = tstzrange(lower(h.held), %(at)s)
 WHERE h.line_id = ANY (%(line_ids)s) AND upper_inf(h.held)
