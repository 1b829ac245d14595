-- Undoes the lines of one chunk of an import, with an entry for each, and the notices still queued for them.
-- Law: -. Reads: notices_notice. Writes: lines_line, lines_number, lines_reference, lines_tenure, notices_notice, ledger_entry.
-- Plan: primary keys by line. Again: never; the chunk is gone with its lines.
WITH undo_slice AS MATERIALIZED (
    SELECT unnest(%(line_ids)s::uuid[]) AS line_id
), said AS MATERIALIZED (
    SELECT ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, NULL, NULL, ledger_any_line(), NULL,
                       jsonb_build_object('import', %(import_id)s::text)) AS body
), entry AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s, ledger_body_for(body, line_id) FROM undo_slice, said
     ORDER BY random()
 RETURNING line_id, entry_id
),
-- include lines.undo_import_many
, withdraw_slice AS (
    SELECT DISTINCT s.line_id, n.campaign_id, ARRAY['register_by', 'reminder'] AS kinds
      FROM undo_slice s
     CROSS JOIN LATERAL (SELECT campaign_id FROM notices_notice WHERE line_id = s.line_id AND state = 'queued' OFFSET 0) n
),
-- include notices.withdraw_many

SELECT count(*) AS lines FROM entry
