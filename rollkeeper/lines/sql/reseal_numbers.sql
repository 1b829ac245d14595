-- Puts re-sealed numbers in the place of the older ones, each only if it is still there: what was erased stays erased.
-- Law: art. 5, 11. Reads: -. Writes: lines_line. Plan: primary key, once a line. Again: nothing, the value differs.

UPDATE lines_line
SET number_sealed = fresh.envelope
FROM unnest(%(lines)s::uuid[], %(before)s::bytea[], %(fresh)s::bytea[]) AS fresh (line_id, before, envelope)
WHERE lines_line.line_id = fresh.line_id
  AND lines_line.number_sealed = fresh.before
