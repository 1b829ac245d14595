-- Takes back notices that are still to be sent. To be included: wants `withdraw_slice (line_id, campaign_id, kinds)`.
-- Law: art. 3. Reads: -. Writes: notices_notice (owed ones only). A notice that is being sent, or that was delivered, stays.
-- Plan: primary keys by line. A line's notices are looked up from the list and never the list from them (OFFSET 0): while statistics
-- say that nothing is owed, the planner went through the whole list for each notice (9.7 s for 739 of 200,000 lines, 2026-11-26).
-- Again: nothing, since they are withdrawn.
withdrawn AS (
    UPDATE notices_notice n SET state = 'withdrawn'
      FROM withdraw_slice w
     CROSS JOIN LATERAL (
           SELECT notice_id, campaign_id, state, kind FROM notices_notice WHERE line_id = w.line_id OFFSET 0) theirs
     WHERE n.line_id = w.line_id AND n.notice_id = theirs.notice_id AND theirs.campaign_id = w.campaign_id
       AND theirs.state = 'queued' AND theirs.kind = ANY (w.kinds)
       AND n.claimed_by IS NULL AND n.delivered_on IS NULL
)
