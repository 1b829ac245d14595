-- Takes the mark from lines that were to be verified again; their registration stays as it is. To be included: wants
-- `reverify_slice (line_id)`.
-- Law: -. Reads: -. Writes: lines_line (version + 1). Plan: lines_line_pkey. Again: nothing, since no mark is left.
UPDATE lines_line l SET must_reverify = false, version = l.version + 1
  FROM reverify_slice s WHERE l.line_id = s.line_id AND l.must_reverify
