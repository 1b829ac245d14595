-- Adds the operator's own references of lines that came in without one; a reference of another line is left out.
-- Law: -. Reads: -. Writes: lines_reference. Plan: one insert, lines_reference_pkey.
-- Again: nothing.
INSERT INTO lines_reference (reference_index, line_id)
SELECT reference_index, line_id FROM unnest(%(indexes)s::bytea[], %(line_ids)s::uuid[]) AS given (reference_index, line_id)
ON CONFLICT (reference_index) DO NOTHING
