-- Leaves out copies of which the line or the tenure has another end than when they were searched, once in the run: an undone batch and
-- an upheld dispute reopen lines; and, where their time is counted from that end, those of a line that came into dispute.
-- Law: art. 5. Reads: retention_copy_due, retention_due (temporary), lines_line, lines_tenure. Writes: retention_due.
-- Plan: primary keys, by line and by tenure, for each row of the chunk, whose lines are locked.
-- Again: nothing.
DELETE FROM retention_due d
 WHERE NOT EXISTS (
     SELECT FROM retention_copy_due c JOIN lines_line l ON l.line_id = c.line_id
       JOIN lines_tenure h ON h.line_id = c.line_id AND h.tenure_id = c.tenure_id
      WHERE c.tenure_id = d.tenure_id AND l.line_id = d.line_id AND l.erased_on IS NULL AND h.erased_on IS NULL
        AND least(l.terminated_on, (upper(h.held) AT TIME ZONE c.zone)::date) IS NOT DISTINCT FROM c.ended_on
        AND (NOT l.is_disputed OR NOT c.counts_from_end)
     OFFSET 0)
