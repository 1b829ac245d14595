-- Claims commands of one kind that are due, so that one process tries them; marks commands that a later one superseded, and puts off to
-- the next day the commands that may not go out on this day.
-- Law: art. 3 (a registration restores; the later command wins).
-- Reads: provisioning_command, lines_line, lines_suspension. Writes: provisioning_command (claimed_by, attempts, state, next_try_at).
-- Plan: index provisioning_command_in_turn, once for each service asked for, from where the chunk before ended, LIMIT: commands for other
-- elements are not read, nor the dead entries that claimed and finished commands leave there, a million in a great batch. Two probes of the
-- primary key a row, three on days of rest; older commands of a line by the line and never by the index of claims (OFFSET 0): almost nothing
-- is claimed, but that index was full of dead entries and was read whole for each row (most of the time of a batch of millions,
-- 2026-11-26). 200 of 480,000 due: 6 ms.
-- Again: what is claimed is not claimed twice; a claim of a process that is gone is released before.
-- The caller holds the matter "command" (`kernel_lock`), so that no two claims overlap: a command waits while another process tries an older one for
-- the same line, and the network never gets an older command after a newer one. A later command that is not due yet (the end of a
-- temporary reconnection), or that may not be sent on this day, supersedes nothing yet. A line whose number belongs to another
-- line by now (`released`, and not erased) has nothing left to bar, terminate or restore: an element that uses the number would
-- do it to the other line. A terminated line is no longer restored, and a restore command for it supersedes nothing. On a day on
-- which counters are closed, or under a stay, no line loses service for a missing registration, whenever commanded; under
-- a stay of one campaign no line of its batches, and no line whose command names no batch. Exception:
-- the bar for an undone termination or an undone wider bar that the network may have received, because it gives back what that took.
-- Commands that the network accepted before are read back, and not delivered again.
WITH due AS (
    SELECT c.* FROM unnest(%(services)s::text[]) AS asked (service) CROSS JOIN LATERAL (
    SELECT c.line_id, c.command_id, c.position, c.next_try_at, c.state,
           %(is_open)s AND NOT (%(some_rest)s AND coalesce(c.batch_id = ANY (%(resting)s::uuid[]), true)) OR c.kind = 'restore' OR c.reason <> 'registration' OR c.kind = 'bar' AND EXISTS (
-- include provisioning.gives_back
           ) AS may_go, c.sent_at IS NOT NULL AS was_taken
    FROM provisioning_command c
    WHERE c.state IN ('waiting', 'sent')
      AND c.kind = %(kind)s AND c.service = asked.service
      AND c.next_try_at <= %(now)s
      AND (c.next_try_at, c.position) > (coalesce(%(after_at)s::timestamptz, '-infinity'), %(after_position)s)
      AND c.claimed_by IS NULL
      AND NOT EXISTS (
          SELECT FROM (SELECT position, claimed_by FROM provisioning_command WHERE line_id = c.line_id OFFSET 0) o
          WHERE o.position < c.position AND o.claimed_by IS NOT NULL
      )
    ORDER BY c.next_try_at, c.position
    LIMIT %(chunk)s
    FOR UPDATE OF c SKIP LOCKED
    ) c
    ORDER BY c.next_try_at, c.position
    LIMIT %(chunk)s
), judged AS MATERIALIZED (
    SELECT d.*, NOT d.may_go AND NOT d.was_taken AS is_put_off, EXISTS (
        SELECT FROM provisioning_command n
        WHERE n.line_id = d.line_id AND n.position > d.position
          AND NOT (n.state = 'waiting' AND n.attempts = 0 AND (
              n.next_try_at > %(now)s
              OR (NOT %(is_open)s OR %(some_rest)s AND coalesce(n.batch_id = ANY (%(resting)s::uuid[]), true)) AND n.kind <> 'restore' AND n.reason = 'registration'))
          AND NOT (n.kind = 'restore' AND coalesce(l.state, '') = 'terminated')
    ) OR coalesce(l.state = 'released' AND l.erased_on IS NULL OR l.state = 'terminated' AND %(kind)s = 'restore', false) AS is_superseded
    FROM due d LEFT JOIN lines_line l USING (line_id)
), claimed AS (
    UPDATE provisioning_command c
    SET state = CASE WHEN j.is_superseded THEN 'superseded' ELSE c.state END,
        claimed_by = CASE WHEN j.is_superseded OR j.is_put_off THEN NULL ELSE %(claim)s::integer END,
        -- A postponed command has not been tried: it supersedes nothing before its time.
        attempts = CASE WHEN j.is_superseded THEN c.attempts WHEN j.is_put_off THEN 0 WHEN NOT j.may_go THEN c.attempts
                        ELSE least(c.attempts + 1, 30000) END,
        next_try_at = CASE WHEN j.is_put_off THEN %(tomorrow)s ELSE c.next_try_at END
    FROM judged j
    WHERE c.line_id = j.line_id AND c.command_id = j.command_id
    RETURNING c.line_id, c.command_id, c.kind, c.reason, c.batch_id, c.state, c.claimed_by, c.attempts, c.position,
              j.may_go, j.next_try_at AS due_at
)
SELECT c.*, l.number_sealed, l.service,
       -- Whether the law bars anyone on this day, or the command gives something back.
       %(by_law)s OR c.kind = 'bar' AND EXISTS (
-- include provisioning.gives_back
       ) AS is_lawful,
       -- What the line is barred from now, whatever the command was requested for: a later stage requests its own command.
       coalesce((SELECT bit_or(s.bars) FROM lines_suspension s WHERE s.line_id = c.line_id AND s.restored_on IS NULL), 7) AS bars
FROM claimed c LEFT JOIN lines_line l ON l.line_id = c.line_id
ORDER BY c.position
