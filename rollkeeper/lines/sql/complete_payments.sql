-- Notes how lines are paid, as an operator's file says, for lines of which this was not known.
-- Law: what the pack asks of lines that are paid in one way. Reads: -. Writes: lines_line. Plan: lines_line_pkey by line. Again: nothing.
UPDATE lines_line l SET payment = said.payment
  FROM unnest(%(line_ids)s::uuid[], %(payments)s::text[]) AS said (line_id, payment)
 WHERE l.line_id = said.line_id AND l.payment = 'unknown'
