-- Enqueues one notice to everyone who can be notified, in their language, with the names of the exposed fields. Law: art. 12.
-- Reads: incident_draft (temporary), notices_wording. Writes: notices_notice. Plan: one insert. Again: the caller makes sure that it runs once.
WITH notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, %(kind)s AS kind, NULL::uuid AS campaign_id, language, %(on)s::date AS queued_on,
           NULL::date AS promised_on, %(pack)s AS pack_hash, fields AS exposed,
           (SELECT DISTINCT w.wording_id FROM notices_wording w WHERE w.wording_id = %(incident)s) AS wording_id
      FROM incident_draft WHERE line_id IS NOT NULL
),
-- include notices.enqueue_exposed
SELECT count(*) AS notices FROM notice_slice
