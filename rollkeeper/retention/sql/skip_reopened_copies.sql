-- Leaves out copies whose line or tenure has another end now than when they were searched, which is once a run: an undone batch or an
-- upheld dispute reopens lines. Copies whose time is counted from that end are also left out if the line is in dispute now.
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
