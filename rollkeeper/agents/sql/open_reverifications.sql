-- Lists the open reverifications: when the subscriber was notified, whether the record was confirmed, whether the line ended.
-- Law: art. 2, 4. Reads: agents_reverification, notices_notice, lines_line, ledger_entry. Writes: -.
-- Plan: the partial index of open ones, each with its notice and line by key and its entries by index. Again: what has changed since.
SELECT r.line_id, r.reverification_id, n.delivered_on, n.promised_on,
       l.state NOT IN ('active', 'suspended') AS is_over,
       EXISTS (SELECT FROM ledger_entry e
                WHERE e.line_id = r.line_id AND e.entry_id > r.entry_id AND e.verb = ANY (%(verbs)s)) AS is_confirmed
  FROM agents_reverification r
  JOIN lines_line l USING (line_id)
  JOIN notices_notice n USING (line_id, notice_id)
 WHERE r.settled_on IS NULL
 ORDER BY r.started_on, r.line_id
