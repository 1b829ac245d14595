-- Counts the disclosure requests of one year by kind of authority and by their result.
-- Law: -. Reads: disclosures_request, disclosures_deferral. Writes: -. Plan: one pass over the disclosure requests; once a year.
-- Again: the same for a year that is over: a disclosure request counts by the day it was opened, else by the day it ended unopened.
SELECT d.kind,
       CASE WHEN d.opened_on IS NOT NULL AND d.outcome = 'nothing_held' THEN 'nothing_held'
            WHEN d.opened_on IS NOT NULL THEN CASE WHEN EXISTS (
                SELECT FROM disclosures_deferral p
                 WHERE p.disclosure_id = d.disclosure_id AND p.agreed_on <= d.opened_on AND p.until >= d.opened_on
                ) THEN 'answered_notified_later' ELSE 'answered_notified_at_once' END
            WHEN d.state = 'expired' THEN 'expired'
            WHEN d.refused_by_law THEN 'refused_by_law'
            ELSE 'refused_by_people' END AS result,
       count(*) AS requests
  FROM disclosures_request d
 WHERE extract(year FROM coalesce(d.opened_on, d.closed_on)) = %(year)s
 GROUP BY 1, 2
