-- Gives a page of what the network has proved to be restored since an instant, the oldest first, and whether that line is in service and
-- nothing was asked of the network for it since.
-- Law: art. 3 (a registration restores). Reads: provisioning_command, lines_line. Writes: -.
-- Plan: index provisioning_command_restored, from the last one on; two probes a row. Again: the next page.
-- What a comparison or this watch restored is left out: if it is barred once more, another than the register does it.
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
