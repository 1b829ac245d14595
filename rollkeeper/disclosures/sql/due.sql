-- Lists disclosure requests with automatic work that may be due: a person to notify, an expired day, a retention period that is
-- over.
-- Law: the pack's disclosure[].notify_person and keep. Reads: disclosures_request. Writes: -.
-- Plan: one pass over the disclosure requests that are not erased: all requests within the retention period.
-- Again: what is left.
SELECT disclosure_id
  FROM disclosures_request
 WHERE erased_on IS NULL
   AND (opened_on IS NOT NULL AND notified_on IS NULL
        OR closed_on IS NULL AND expires_on < %(on)s
        -- Where the months lead to a day that does not exist, the period may end a day later: `_erase_if_due` counts exactly.
        OR (closed_on + make_interval(months => keep_months))::date + keep_days < %(on)s)
 ORDER BY disclosure_id
