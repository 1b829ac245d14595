-- Removes code requests, reserved codes and ended sessions after a day, requests after an hour, and letters whose days are over: rows that
-- limit codes are not needed longer. Of erased subscribers: delegates, passkeys, letters and, in undecided cases, the claimant's document
-- hash and the line in hand.
-- Law: art. 5 (no longer than is needed). Reads: the same, subscribers_subscriber, lines_tenure. Writes: selfcare_coderequest,
-- selfcare_codetry, selfcare_postedcode, selfcare_reservedcode, selfcare_case, selfcare_delegate, selfcare_passkey, selfcare_portalsession,
-- selfcare_portalrequest.
-- Plan: small tables. Again: nothing more to do.

WITH code_requests AS (DELETE FROM selfcare_coderequest WHERE made_at < clock_timestamp() - interval '1 day'),
     tries AS (DELETE FROM selfcare_codetry AS t
                WHERE NOT EXISTS (SELECT FROM selfcare_coderequest AS c WHERE c.code_request_id = t.code_request_id)),
     letters AS (DELETE FROM selfcare_postedcode AS p
                  WHERE coalesce(p.ends_at, CASE WHEN p.line_id IS NULL THEN p.processed_at + interval '1 day' END, p.made_at + interval '7 days')
                        < clock_timestamp()
                     OR (p.reference IS NULL AND p.made_at < clock_timestamp() - interval '7 days')
                     OR EXISTS (SELECT FROM subscribers_subscriber AS s WHERE s.person_id = p.person_id AND s.erased_on IS NOT NULL)),
     named AS (DELETE FROM selfcare_delegate AS n USING subscribers_subscriber AS s
                WHERE s.person_id = n.person_id AND s.erased_on IS NOT NULL),
     passkeys AS (DELETE FROM selfcare_passkey AS p USING subscribers_subscriber AS s
                   WHERE s.person_id = p.person_id AND s.erased_on IS NOT NULL),
     claims AS (UPDATE selfcare_case AS c SET claimant_mark = NULL, asked_from = NULL
                 WHERE c.settled_on IS NULL AND num_nonnulls(c.claimant_mark, c.asked_from) > 0
                   AND EXISTS (SELECT FROM lines_tenure AS h
                                WHERE h.line_id = c.line_id AND h.tenure_id = c.tenure_id AND h.erased_on IS NOT NULL)),
     kept AS (DELETE FROM selfcare_reservedcode WHERE reserved_at < clock_timestamp() - interval '1 day'),
     asks AS (DELETE FROM selfcare_portalrequest WHERE made_at < clock_timestamp() - interval '1 hour')
DELETE FROM selfcare_portalsession WHERE ends_at < clock_timestamp() - interval '1 day'
