-- Lists demands about which something may be due by itself: somebody untold, a day that has passed, a time of keeping over.
-- Law: the pack's disclosure[].notify_person and keep. Reads: disclosures_demand. Writes: -.
-- Plan: one pass over the demands that are not erased: as many as authorities demanded in the time of keeping.
-- Again: what is left.
SELECT demand_id
  FROM disclosures_demand
 WHERE erased_on IS NULL
   AND (opened_on IS NOT NULL AND told_on IS NULL
        OR closed_on IS NULL AND expires_on < %(on)s
        OR closed_on + keep_days < %(on)s)
 ORDER BY demand_id
