-- Finds records whose subscriber's key was destroyed after this register was backed up: erased once, brought back by a restore.
-- Law: art. 5. A tenure that began less than %(margin)s before the keys were backed up may have been sealed after
-- that backup: it is lost and not erased, and stays. The whole line is erased if all its records were erased and the last one
-- ended with it, as in find_terminated.sql. If a subscriber left the line and no one followed, it may be in use: only their record is erased.
-- Reads: lines_tenure, lines_line, vault_sealed, vault_living (temporary). Writes: retention_due (temporary).
-- Plan: hash joins over all tenures; once a restore.
-- Again: those not yet intended.
WITH tenure AS (
    SELECT h.line_id, h.tenure_id,
           upper_inf(h.held) OR (upper(h.held) AT TIME ZONE kernel_zone())::date >= l.terminated_on AS ends_with_line,
           lower(h.held) < %(keys_made_at)s::timestamptz - %(margin)s::interval
           AND EXISTS (SELECT FROM vault_sealed v WHERE v.person_id = h.person_id AND v.tenure_id = h.tenure_id)
           AND NOT EXISTS (SELECT FROM vault_living k
                            WHERE k.person_id = h.person_id AND k.tenure_id = h.tenure_id) AS erased
      FROM lines_tenure h JOIN lines_line l USING (line_id) WHERE h.erased_on IS NULL
), line AS (
    SELECT line_id FROM tenure GROUP BY line_id HAVING bool_and(erased) AND bool_or(ends_with_line)
)
INSERT INTO retention_due (line_id, tenure_id, terminated_on, ground)
SELECT line_id, NULL::uuid, %(on)s::date, 'erased_before_restore' FROM line
UNION ALL
SELECT h.line_id, h.tenure_id, %(on)s::date, 'erased_before_restore' FROM tenure h
 WHERE h.erased AND NOT EXISTS (SELECT FROM line WHERE line.line_id = h.line_id)
