-- Gives lines whose holders were to be told something of one kind and of which no proof exists that they were.
-- Law: art. 3 (informed is who was provably reached). Reads: notices_notice, lines_line. Writes: -.
-- Plan: one pass of notices_notice, a probe of lines_line a row. Again: the same.
SELECT n.line_id, max(n.owed_on) AS owed_on,
    CASE WHEN bool_or(n.state = 'sent') THEN 'sent' WHEN bool_or(n.state = 'owed') THEN 'owed'
         WHEN bool_or(n.state = 'bounced') THEN 'bounced' ELSE 'unreachable' END AS state
FROM notices_notice n
JOIN lines_line l ON l.line_id = n.line_id AND l.state IN ('active', 'suspended') AND NOT l.is_registered
WHERE n.kind = %(kind)s AND n.state <> 'withdrawn'
GROUP BY n.line_id
HAVING NOT bool_or(n.state = 'delivered')
ORDER BY owed_on, n.line_id
