-- Lists disclosure requests about which something may be due by itself: somebody not notified, a day that has passed, a time of keeping over.
-- Law: the pack's disclosure[].notify_person and keep. Reads: disclosures_request. Writes: -.
-- Plan: one pass over the disclosure requests that are not erased: as many as authorities requested in the time of keeping.
-- Again: what is left.
SELECT disclosure_id
  FROM disclosures_request
 WHERE erased_on IS NULL
   AND (opened_on IS NOT NULL AND notified_on IS NULL
        OR closed_on IS NULL AND expires_on < %(on)s
        OR closed_on + keep_days < %(on)s)
 ORDER BY disclosure_id
