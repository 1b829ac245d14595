-- Removes knocks, kept codes, visits and asks that are a day old: what bounds a code has no further use.
-- Law: art. 5 (no longer than is needed). Reads: the same, subscribers_subscriber. Writes: rights_knock, rights_keptcode, rights_named,
-- rights_passkey, rights_visit, rights_ask.
-- Plan: small tables. Again: nothing more to do.

WITH knocks AS (DELETE FROM rights_knock WHERE made_at < clock_timestamp() - interval '1 day'),
     named AS (DELETE FROM rights_named AS n USING subscribers_subscriber AS s
                WHERE s.person_id = n.person_id AND s.erased_on IS NOT NULL),
     passkeys AS (DELETE FROM rights_passkey AS p USING subscribers_subscriber AS s
                   WHERE s.person_id = p.person_id AND s.erased_on IS NOT NULL),
     kept AS (DELETE FROM rights_keptcode WHERE kept_at < clock_timestamp() - interval '1 day'),
     asks AS (DELETE FROM rights_ask WHERE made_at < clock_timestamp() - interval '1 hour')
DELETE FROM rights_visit WHERE ends_at < clock_timestamp() - interval '1 day'
