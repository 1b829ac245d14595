-- Restores lines that are suspended only because they are not registered. To be included: wants `restore_slice (line_id)`, %(on)s, %(at)s;
-- gives `restored_line (line_id, language)`, the lines that have service again.
-- Law: art. 3 (who is concerned). Reads: -. Writes: lines_suspension, lines_line (version + 1). Plan: primary keys by line.
-- Again: nothing is left to lift.
lifted_suspension AS (
    UPDATE lines_suspension s SET restored_on = %(on)s, restored_at = %(at)s FROM restore_slice r
     WHERE s.line_id = r.line_id AND s.reason = 'registration' AND s.restored_on IS NULL
 RETURNING s.line_id
), restored_line AS (
    UPDATE lines_line l SET state = 'active', version = l.version + 1 FROM lifted_suspension s
     WHERE l.line_id = s.line_id AND l.state = 'suspended'
       AND NOT EXISTS (SELECT FROM lines_suspension o WHERE o.line_id = l.line_id AND o.restored_on IS NULL AND o.reason <> 'registration')
 RETURNING l.line_id, l.language
)
