-- Counts the records whose copies must be erased before the record, and those of them that a legal hold keeps.
-- Law: art. 5. Reads: retention_copy_due (temporary), lines_line, lines_legalhold. Writes: -.
-- Plan: one scan of what is due, lines_line_pkey. Again: the same.
-- Copies that are erased with a whole record on the same day are counted with that record.
WITH due AS (
    SELECT EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = d.line_id AND h.days @> %(on)s::date) AS held
      FROM retention_copy_due d JOIN lines_line l USING (line_id)
     WHERE NOT EXISTS (SELECT FROM unnest(%(sinces)s::date[], %(cutoffs)s::date[], %(services)s::text[]) AS record (since, cutoff, services)
                        WHERE d.ended_on BETWEEN record.since AND record.cutoff
                          AND l.service = ANY (string_to_array(record.services, ' ')))
)
SELECT count(*) FILTER (WHERE NOT held) AS copies, count(*) FILTER (WHERE held) AS held FROM due
