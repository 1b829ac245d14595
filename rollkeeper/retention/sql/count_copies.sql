-- Counts the records whose copies must go before they do, and those of them that a legal hold keeps.
-- Law: art. 5. Reads: retention_copy_due (temporary), lines_legalhold. Writes: -. Plan: one scan of what is due. Again: the same.
-- What goes with a whole record on the same day is counted there.
WITH due AS (
    SELECT EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = d.line_id AND h.days @> %(on)s::date) AS held
      FROM retention_copy_due d
     WHERE NOT EXISTS (SELECT FROM unnest(%(sinces)s::date[], %(cutoffs)s::date[]) AS record (since, cutoff)
                        WHERE d.ended_on BETWEEN record.since AND record.cutoff)
)
SELECT count(*) FILTER (WHERE NOT held) AS copies, count(*) FILTER (WHERE held) AS held FROM due
