-- Gives a page of lines with an open reason to be suspended, whether the report of some elements on them counts now, and whether the last
-- order was a bar that was proved.
-- Law: art. 3 (emergency calls excepted). Reads: lines_suspension, lines_line, provisioning_command. Writes: -.
-- Plan: the index of open suspensions, from the last line on; three probes a row. A terminated line keeps its open reasons, so a
-- page is of reasons and bounded for any number of lines. Again: the next page.
-- A command that waits for days (a stay, a closed day, a stopped batch) may have been carried out although its answer was lost: its line is
-- asked about.
SELECT s.line_id, bit_or(s.bars) AS bars,
    bool_and(l.state = 'suspended' AND l.service = ANY(%(services)s::text[]) AND NOT EXISTS (
        SELECT FROM (SELECT state, claimed_by, next_try_at FROM provisioning_command WHERE line_id = s.line_id OFFSET 0) c
        WHERE c.state IN ('waiting', 'sent') AND (c.claimed_by IS NOT NULL OR c.next_try_at <= %(soon)s))) AS is_settled,
    bool_and((SELECT c.kind = 'bar' AND c.state = 'confirmed' FROM provisioning_command c
               WHERE c.line_id = s.line_id ORDER BY c.position DESC LIMIT 1)) AS was_proved
FROM (
    SELECT line_id, bars FROM lines_suspension
    WHERE restored_on IS NULL AND line_id > %(after)s
    ORDER BY line_id LIMIT %(page)s
) s
JOIN lines_line l USING (line_id)
GROUP BY s.line_id
ORDER BY s.line_id
