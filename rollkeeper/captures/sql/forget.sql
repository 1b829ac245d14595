-- Removes tickets that nothing can come under any more, and captures of which everybody has long heard.
-- Law: art. 5 (no longer than is needed). Reads: the same. Writes: captures_ticket, captures_capture.
-- Plan: captures_ticket_by_age; small tables. Again: nothing more to do.

WITH heard AS (
    DELETE FROM captures_capture
     WHERE outcome IN ('done', 'refused') AND carried_at < clock_timestamp() - make_interval(days => 90)
)
DELETE FROM captures_ticket t
 WHERE t.made_at < clock_timestamp() - make_interval(days => 2 * %(days)s + 2)
   AND NOT EXISTS (SELECT FROM captures_capture c WHERE c.ticket_id = t.ticket_id AND c.sealed IS NOT NULL)
