-- Counts the disclosure requests that rest on one instrument: the same reference of one authority, or the very same file.
-- Law: the pack's disclosure[].people_per_instrument. Reads: disclosures_request. Writes: -.
-- Plan: disclosures_request_by_instrument and disclosures_request_by_file. Again: the same. Refused and expired requests
-- disclosed nothing and do not count: a request that was entered wrongly is entered again.
SELECT count(*) AS requests
  FROM disclosures_request
 WHERE (instrument_mark = %(mark)s OR file_mark = %(file)s) AND state NOT IN ('refused', 'expired')
