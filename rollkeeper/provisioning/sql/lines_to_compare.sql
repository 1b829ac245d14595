-- Gives a page of lines with what the register wants the network to do and since when.
-- Law: art. 3. Reads: lines_line, lines_reconnection, lines_suspension, provisioning_command. Writes: -.
-- Plan: primary key of lines_line from the last line on; one probe of provisioning_command a line, and of
-- lines_suspension where a temporary reconnection runs (OFFSET 0). Again: the next page.
SELECT l.line_id,
    CASE WHEN l.state = 'active' OR lift.is_open THEN 'open' WHEN l.state = 'suspended' THEN 'barred' ELSE 'absent' END
        AS wanted,
    (SELECT bit_or(s.bars) FROM lines_suspension s WHERE s.line_id = l.line_id AND s.restored_on IS NULL) AS bars,
    last.requested_at, coalesce(last.state IN ('waiting', 'sent'), false) AS is_under_way, last.command_id IS NOT NULL AS had_command
FROM lines_line l
LEFT JOIN LATERAL (
    SELECT c.command_id, c.requested_at, c.state FROM provisioning_command c
    WHERE c.line_id = l.line_id AND NOT (c.state = 'waiting' AND c.attempts = 0 AND c.next_try_at > %(now)s)
    ORDER BY c.position DESC LIMIT 1
) last ON true
LEFT JOIN LATERAL (
    SELECT l.state = 'suspended' AND NOT EXISTS (
        SELECT FROM lines_suspension s
        WHERE s.line_id = l.line_id AND s.restored_on IS NULL AND s.reason <> 'registration' OFFSET 0) AS is_open
    FROM lines_reconnection f WHERE f.line_id = l.line_id AND f.ends_at > %(now)s
) lift ON true
WHERE l.line_id > %(after)s AND l.state <> 'released'
ORDER BY l.line_id
LIMIT %(page)s
