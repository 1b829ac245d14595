-- Gives the language of notices about a line: its registered subscriber's, else the line's own, else the given one. To be included
-- in a FROM clause: wants a line as `l` with its language; gives `notices_in (language)`.
-- Law: art. 3 (who is notified can read it). Reads: lines_tenure, subscribers_subscriber. Writes: -. Plan: primary keys by line; over a whole
-- population joined by hash. Again: the same.
  LEFT JOIN lines_tenure h ON h.line_id = l.line_id AND upper_inf(h.held)
  LEFT JOIN subscribers_subscriber p ON p.person_id = h.person_id
 CROSS JOIN LATERAL (SELECT coalesce(p.language, l.language, %(language)s) AS language) AS notices_in
