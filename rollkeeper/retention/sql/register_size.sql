-- Counts the lines of the register: for a large register, the planner's estimate.
-- Law: -. Reads: lines_line. Writes: -. Plan: the catalogue; below 100,000 lines an index. Again: the same number.
SELECT CASE WHEN reltuples >= 100000 THEN reltuples::bigint ELSE (SELECT count(*) FROM lines_line) END AS lines
  FROM pg_class WHERE oid = 'lines_line'::regclass
