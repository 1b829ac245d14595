-- Decides about each locked line of the slice in its present state: act on it, or why not.
-- Law: art. 3; a promised day is never shortened. Runs after batch_slice.sql as a separate statement, so that it sees all that
-- was committed before the locks were taken.
-- A line whose pauses lack a day that the ledger granted is left alone, no matter who changed them.
-- Reads: batch_slice, member_clock, law_due (temporary), lines_line, lines_pause, ledger_entry, lines_suspension, campaign_member,
-- campaign_batch, provisioning_command.
-- Writes: slice_verdict (temporary).
-- Plan: primary keys by line, one row for each row of the chunk.
-- Again: the same verdicts while the locks are held.
CREATE TEMPORARY TABLE slice_verdict ON COMMIT DROP AS
SELECT t.line_id, l.state, l.version, m.stage, m.anchor_on, m.promised_on, m.next_check_on, m.step, m.notified_by, c.pauses,
       d.last_day_on,
       CASE WHEN NOT t.is_free THEN 'changing'
            WHEN (l.is_registered, l.must_reverify) <> (%(asks_again)s, %(asks_again)s) THEN 'registered'
            WHEN l.state NOT IN ('active', 'suspended') THEN 'over'
            WHEN l.is_disputed THEN 'disputed'
            WHEN l.is_essential THEN 'essential'
            WHEN l.version <> t.line_version OR m.stage <> %(stage)s OR m.step <> %(before)s
                 OR (%(stage)s = 'suspended') <> EXISTS (
                    SELECT FROM lines_suspension s
                     WHERE s.line_id = t.line_id AND s.reason = 'registration' AND s.restored_on IS NULL OFFSET 0) THEN 'changed'
            WHEN %(stage)s = 'suspended' AND EXISTS (
                SELECT FROM lines_suspension s JOIN campaign_batch b USING (batch_id)
                 WHERE s.line_id = t.line_id AND s.reason = 'registration' AND s.restored_on IS NULL AND b.state = 'undo_requested'
                OFFSET 0) THEN 'changing'
            -- Since the batch was prepared, the network may have failed to bar the line, or shown that it is not barred.
            WHEN
-- include campaign.is_unbarred
                 THEN 'unbarred'
            WHEN
-- include campaign.is_due
                 THEN CASE WHEN lines_pauses_contradict_ledger(t.line_id) THEN 'pause_contradicted' END
            ELSE 'not_due' END AS because
  FROM batch_slice t
  JOIN lines_line l ON l.line_id = t.line_id
  JOIN campaign_member m ON m.line_id = t.line_id AND m.campaign_id = %(campaign_id)s
  LEFT JOIN member_clock c ON c.line_id = t.line_id
  LEFT JOIN law_due d ON (d.anchor_on, d.days, d.pauses) = (c.anchor_on, c.days, c.pauses)
