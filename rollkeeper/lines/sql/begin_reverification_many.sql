-- Marks registered lines as to be verified again. To be included: wants `reverify_slice (line_id, version)`; gives `asked_line (line_id)`,
-- the lines that had not changed.
-- Law: the pack's cohort. Reads: -. Writes: lines_line (version + 1). Plan: lines_line_pkey. Again: nothing, the version is another.
asked_line AS (
    UPDATE lines_line l SET must_reverify = true, version = l.version + 1
      FROM reverify_slice s
     WHERE l.line_id = s.line_id AND l.version = s.version AND l.is_registered AND NOT l.must_reverify AND l.state IN ('active', 'suspended')
 RETURNING l.line_id
)
