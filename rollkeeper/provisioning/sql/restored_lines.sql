-- Gives a page of lines that the network has proved restored since an instant, the oldest first, and whether each line is in service and
-- has no later command.
-- Law: art. 3 (a registration restores). Reads: provisioning_command, lines_line. Writes: -.
-- Plan: index provisioning_command_restored, from the last one on; two probes a row. Again: the next page.
-- A line that a comparison or this check restored is not settled: if it is barred once more, something else than the register bars it.
SELECT r.line_id, r.read_back_at,
    coalesce(l.state = 'active' AND r.reason <> 'in_service' AND r.service = ANY(%(services)s::text[]) AND NOT EXISTS (
        SELECT FROM (SELECT position FROM provisioning_command WHERE line_id = r.line_id OFFSET 0) n WHERE n.position > r.position),
        false) AS is_settled
FROM (
    SELECT line_id, position, reason, service, read_back_at FROM provisioning_command
    WHERE kind = 'restore' AND state = 'confirmed' AND (read_back_at, line_id) > (%(after_at)s, %(after)s)
    ORDER BY read_back_at, line_id LIMIT %(page)s
) r
LEFT JOIN lines_line l USING (line_id)
ORDER BY r.read_back_at, r.line_id
