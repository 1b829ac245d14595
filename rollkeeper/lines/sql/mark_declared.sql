-- Marks lines as registered by what an operator's file declares; leaves every suspension as it is.
-- Law: art. 3 (a registered line is not concerned). Reads: -. Writes: lines_line (version + 1). Plan: lines_line_pkey.
-- Again: the same state, one version later.
UPDATE lines_line SET is_registered = true, version = version + 1 WHERE line_id = ANY (%(line_ids)s::uuid[])
