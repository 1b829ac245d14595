-- Withdraws reminders of a last day that the line's registration no longer has.
-- Law: the pack's last day. Reads: lines_tenure. Writes: notices_notice.
-- Plan: the queued notices of one kind; primary keys by line. Again: nothing.
UPDATE notices_notice n SET state = 'withdrawn'
 WHERE n.kind = 'good_through' AND n.state = 'queued' AND n.claimed_by IS NULL AND n.delivered_on IS NULL
   AND NOT EXISTS (SELECT FROM lines_tenure h
                    WHERE h.line_id = n.line_id AND upper_inf(h.held) AND h.good_through = n.promised_on)
