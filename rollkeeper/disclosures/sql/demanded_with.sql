-- Counts the demands that rest on one instrument: the same reference of one authority, or the very same file.
-- Law: the pack's disclosure[].people_per_instrument. Reads: disclosures_demand. Writes: -.
-- Plan: disclosures_demand_by_instrument and disclosures_demand_by_file. Again: the same.
-- What was refused or ran out gave nothing away and does not count: a demand that was entered wrongly is entered anew.
SELECT count(*) AS demands
  FROM disclosures_demand
 WHERE (instrument_mark = %(mark)s OR file_mark = %(file)s) AND state NOT IN ('refused', 'expired')
