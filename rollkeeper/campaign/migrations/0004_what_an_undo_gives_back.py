# SPDX-License-Identifier: EUPL-1.2
"""What an undo gives back in the network is never put off: also a narrower bar that takes the place of its batch's wider one."""

from django.db import migrations

_POSTPONE_COMMANDS = """
-- Lets bars and ends of batches that were stopped or are to be undone, and that the network has not taken, wait some days, in the
-- rights of this function's owner: of one batch, or of all of them where a stay is entered or lifted, behind which their days begin.
-- A failed try waits like an untried command, and counts as such: people stop a batch because the network was unreachable. A
-- command being tried at this moment also waits if the network does not accept it (`record_tries` keeps the later instant). A
-- stopped batch waits some days, and one with a requested undo others: long enough to restore all its lines before another line
-- loses service, and not forever, since a line must not be terminated without having been barred. Commands of an undo do not
-- wait: they give back what the batch took of the line, its emergency calls or what a narrower bar leaves. Rows are locked in the order in
-- which tries are recorded. The caller holds `serialize_on`, so that no two of these see each other's batches half changed.
CREATE OR REPLACE FUNCTION campaign_postpone_commands(until timestamptz, of_batch uuid, days_stopped integer, days_to_undo integer)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH held AS MATERIALIZED (
        SELECT c.line_id, c.command_id, b.state AS batch_state
          FROM provisioning_command c JOIN campaign_batch b USING (batch_id)
         WHERE (of_batch IS NULL OR c.batch_id = of_batch) AND b.state IN ('stopped', 'undo_requested')
           AND c.kind IN ('bar', 'terminate') AND c.state = 'waiting' AND c.reason = 'registration'
           AND NOT EXISTS (SELECT FROM (SELECT batch_id, kind, position FROM provisioning_command WHERE line_id = c.line_id OFFSET 0) e
                            WHERE e.batch_id = c.batch_id AND e.kind IN ('bar', 'terminate') AND e.position < c.position)
         ORDER BY c.position
           FOR NO KEY UPDATE OF c
    )
    SELECT network_postpone(array_agg(line_id), array_agg(command_id), array_agg(until + make_interval(
               days => CASE batch_state WHEN 'stopped' THEN days_stopped ELSE days_to_undo END)))
      FROM held
$$
"""


class Migration(migrations.Migration):
    dependencies = [("campaign", "0003_promised_since"), ("provisioning", "0001_initial")]

    operations = [migrations.RunSQL(_POSTPONE_COMMANDS)]
