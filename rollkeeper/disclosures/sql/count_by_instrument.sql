-- Counts the disclosure requests that rest on one instrument: the same reference of one authority, or the very same file.
-- Law: the pack's disclosure[].people_per_instrument. Reads: disclosures_request. Writes: -.
-- Plan: disclosures_request_by_instrument and disclosures_request_by_file. Again: the same.
-- What was refused or ran out gave nothing away and does not count: a disclosure request that was entered wrongly is entered anew.
SELECT count(*) AS requests
  FROM disclosures_request
 WHERE (instrument_mark = %(mark)s OR file_mark = %(file)s) AND state NOT IN ('refused', 'expired')
