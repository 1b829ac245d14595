-- Writes the periods gathered by outage_hours.sql as rows of a file for billing, by the line's reference.
-- Law: the pack's money. Reads: outage (temporary). Writes: -.
-- Plan: one sort. Again: the same rows, in the same order.
COPY (
    SELECT line_id AS line, cause, batch_id AS batch,
           to_char(off_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS off_from,
           to_char(off_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS off_until,
           round(extract(epoch FROM off_until - off_from) / 3600, 2) AS hours,
           charges, late_fee, CASE WHEN credited THEN 'yes' ELSE 'no' END AS credit, article
      FROM outage CROSS JOIN outage_charge
     ORDER BY line_id, off_from, cause
) TO STDOUT (FORMAT CSV, HEADER)
