-- Frees numbers whose quarantine is over: the number no longer leads to its former subscriber.
-- Law: the pack's number_reuse, art. 11. Reads: provisioning_command. Writes: lines_number (deleted), lines_line (released, index
-- gone), provisioning_command, ledger_entry. Plan: lines_number_in_quarantine, behind the last number of the chunk before; grows with
-- what is over. Lines and commands are looked up by line (OFFSET 0 prevents reading them all first; so does taking the
-- chunk before its lines). A number that is locked already is waited for at the end of the run.
-- Again: nothing, the rows are gone.
-- A number stays while a dispute about its line's termination is open, and until the network has proved that the old line is out
-- of service: the next subscriber would still have the old bar. If the instance has no network, no proof is expected, and
-- unsuccessful commands are superseded, so that a later network does not terminate the next subscriber's line. The line's record
-- itself, with its sealed number, stays until its own last day.
WITH chunk AS MATERIALIZED (
    SELECT n.number_index, n.line_id, n.quarantined_until
      FROM lines_number n
     WHERE n.quarantined_until < %(on)s
       AND (n.quarantined_until, n.number_index) > (%(after)s::date, %(after_index)s::bytea)
       AND NOT (%(has_network)s AND EXISTS (SELECT FROM provisioning_command c
                        WHERE c.line_id = n.line_id AND c.kind = 'terminate' AND c.state IN ('waiting', 'sent', 'failed') OFFSET 0))
     ORDER BY n.quarantined_until, n.number_index LIMIT %(chunk)s
       FOR UPDATE OF n SKIP LOCKED
), over AS MATERIALIZED (
    SELECT chunk.number_index, chunk.line_id
      FROM chunk JOIN lines_line l USING (line_id)
     WHERE l.state = 'terminated' AND NOT l.is_disputed
       FOR UPDATE OF l SKIP LOCKED
), release_slice AS (
    SELECT line_id, number_index FROM over
),
-- include lines.release_many
, overtake_slice AS (
    SELECT line_id FROM over
),
-- include provisioning.overtake_many
, said AS MATERIALIZED (
    SELECT ledger_body(%(freed)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(reuse_article)s, ledger_any_line(), NULL,
                       '{}') AS body
), entry AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(freed)s, line_id, %(staff_id)s, ledger_body_for(body, line_id) FROM over CROSS JOIN said
     ORDER BY random()
)
SELECT quarantined_until, number_index, (SELECT count(*) FROM over) AS numbers
  FROM chunk ORDER BY quarantined_until DESC, number_index DESC LIMIT 1
