-- Counts current lines that must be registered or verified again and had a notice of one kind, but whose subscribers were not provably notified.
-- Law: art. 3 (informed is who was provably reached). Reads: notices_notice, lines_line. Writes: -.
-- Plan: one pass of notices_notice, a probe of lines_line a row; for a nation it takes a while. Again: the same.
SELECT count(*) AS lines FROM (
    SELECT n.line_id
    FROM notices_notice n
    JOIN lines_line l ON l.line_id = n.line_id AND l.state IN ('active', 'suspended') AND (l.must_reverify OR NOT l.is_registered)
    WHERE n.kind = %(kind)s AND n.state <> 'withdrawn'
    GROUP BY n.line_id
    HAVING NOT bool_or(n.state = 'delivered')
) unreachable
