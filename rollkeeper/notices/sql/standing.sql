-- Counts notices by kind and state, and those that anybody still waits for: owed and sent without proof.
-- Law: art. 3. Reads: notices_notice. Writes: -. Plan: one pass. Again: the same.
SELECT kind, state, count(*) AS count
FROM notices_notice
GROUP BY kind, state
ORDER BY kind, state
