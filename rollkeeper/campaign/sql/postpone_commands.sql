-- As release 0.1.0 had it, for its migration alone: migration 0004 carries what replaced it.
-- Lets bars and ends of batches that were stopped or are to be undone, and that the network has not taken, wait some days, in the
-- rights of this function's owner: of one batch, or of all of them where a stay is entered or lifted, behind which their days begin.
-- Law: art. 1. Reads: campaign_batch, provisioning_command. Writes: row locks; provisioning_command by network_postpone. Plan:
-- provisioning_command_by_batch, provisioning_command_pkey by line (OFFSET 0: statistics from before the batch say that the batch
-- has one command); one row for each waiting command.
-- Again: the same rows. The caller holds `serialize_on`, so that no two of these see each other's batches half changed.
-- A failed try waits like an untried command, and counts as such: people stop a batch because the network was unreachable. A
-- command being tried at this moment also waits if the network does not accept it (`record_tries` keeps the later instant). A
-- stopped batch waits some days, and one with a requested undo others: long enough to restore all its lines before another line
-- loses service, and not forever, since a line must not be terminated without having been barred. Commands of an undo do not
-- wait: they bar a line that the network has terminated, which gives it emergency calls back. Rows are locked in the order in
-- which tries are recorded.

CREATE OR REPLACE FUNCTION campaign_postpone_commands(until timestamptz, of_batch uuid, days_stopped integer, days_to_undo integer)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH held AS MATERIALIZED (
        SELECT c.line_id, c.command_id, b.state AS batch_state
          FROM provisioning_command c JOIN campaign_batch b USING (batch_id)
         WHERE (of_batch IS NULL OR c.batch_id = of_batch) AND b.state IN ('stopped', 'undo_requested')
           AND c.kind IN ('bar', 'terminate') AND c.state = 'waiting' AND c.reason = 'registration'
           AND NOT EXISTS (SELECT FROM (SELECT batch_id, kind, position FROM provisioning_command WHERE line_id = c.line_id OFFSET 0) e
                            WHERE e.batch_id = c.batch_id AND e.kind = 'terminate' AND e.position < c.position)
         ORDER BY c.position
           FOR NO KEY UPDATE OF c
    )
    SELECT network_postpone(array_agg(line_id), array_agg(command_id), array_agg(until + make_interval(
               days => CASE batch_state WHEN 'stopped' THEN days_stopped ELSE days_to_undo END)))
      FROM held
$$;
