-- Counts the demands of one year by kind of authority and by what they came to.
-- Law: -. Reads: disclosures_demand, disclosures_putoff. Writes: -. Plan: one pass over the demands; once a year.
-- Again: the same for a year that is over: a demand counts by the day it was opened, else by the day it came to nothing.
SELECT d.kind,
       CASE WHEN d.opened_on IS NOT NULL AND d.outcome = 'nothing_held' THEN 'nothing_held'
            WHEN d.opened_on IS NOT NULL THEN CASE WHEN EXISTS (
                SELECT FROM disclosures_putoff p
                 WHERE p.demand_id = d.demand_id AND p.agreed_on <= d.opened_on AND p.until >= d.opened_on
                ) THEN 'answered_told_later' ELSE 'answered_told_at_once' END
            WHEN d.state = 'expired' THEN 'expired'
            WHEN d.refused_by_law THEN 'refused_by_law'
            ELSE 'refused_by_people' END AS came,
       count(*) AS demands
  FROM disclosures_demand d
 WHERE extract(year FROM coalesce(d.opened_on, d.closed_on)) = %(year)s
 GROUP BY 1, 2
