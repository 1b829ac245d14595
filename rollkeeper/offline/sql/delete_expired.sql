-- Deletes tickets under which nothing more can arrive, and offline registrations whose outcome was delivered long ago.
-- Law: art. 5 (no longer than is needed). Reads: the same. Writes: offline_ticket, offline_registration.
-- Plan: offline_ticket_by_age; small tables. Again: nothing more to do.

WITH heard AS (
    DELETE FROM offline_registration
     WHERE outcome IN ('done', 'refused') AND processed_at < clock_timestamp() - make_interval(days => 90)
)
DELETE FROM offline_ticket t
 WHERE t.made_at < clock_timestamp() - make_interval(days => 2 * %(days)s + 2)
   AND NOT EXISTS (SELECT FROM offline_registration c WHERE c.ticket_id = t.ticket_id AND c.sealed IS NOT NULL)
