-- Lists the decided cases, the last first.
-- Law: -. Reads: selfcare_case. Writes: -. Plan: the whole table: few lines are contested. Again: the same.

SELECT case_id, line_id, kind, about, opened_on, due_on, settled_on, upheld, because
  FROM selfcare_case
 WHERE settled_on IS NOT NULL
 ORDER BY settled_on DESC, case_id DESC
