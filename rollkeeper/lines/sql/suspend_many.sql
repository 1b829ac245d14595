-- Suspends lines because they are not registered. To be included: wants `suspend_slice (line_id, batch_id)`, %(step)s, %(bars)s, %(on)s, %(at)s.
-- Law: art. 3 (suspended, emergency calls excepted). Reads: -. Writes: lines_suspension, lines_line (version + 1).
-- Plan: primary keys by line. Again: the caller's; the lines are locked.
suspended AS (
    INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at, batch_id, step, bars)
    SELECT line_id, uuidv7(), 'registration', %(on)s, %(at)s, batch_id, %(step)s, %(bars)s FROM suspend_slice
), suspended_line AS (
    UPDATE lines_line l SET state = 'suspended', version = l.version + 1
      FROM suspend_slice s WHERE l.line_id = s.line_id
)
