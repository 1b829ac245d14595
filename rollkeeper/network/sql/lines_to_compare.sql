-- Gives a page of lines with what the register wants the network to do and since when.
-- Law: art. 3. Reads: lines_line, network_command. Writes: -.
-- Plan: primary key of lines_line from the last line on; one probe of network_command a line. Again: the next page.
SELECT l.line_id,
    CASE l.state WHEN 'active' THEN 'open' WHEN 'suspended' THEN 'barred' ELSE 'absent' END AS wanted,
    last.asked_at, coalesce(last.state IN ('waiting', 'sent'), false) AS is_under_way, last.command_id IS NOT NULL AS was_told
FROM lines_line l
LEFT JOIN LATERAL (
    SELECT c.command_id, c.asked_at, c.state FROM network_command c
    WHERE c.line_id = l.line_id ORDER BY c.position DESC LIMIT 1
) last ON true
WHERE l.line_id > %(after)s AND l.state <> 'released'
ORDER BY l.line_id
LIMIT %(page)s
