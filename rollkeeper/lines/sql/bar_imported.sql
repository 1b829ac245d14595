-- Notes for which reason lines came in barred. The network bars them already: no command is queued.
-- Law: -. Reads: -. Writes: lines_suspension. Plan: one insert.
-- Again: never alone; refused by the one open suspension a reason.
INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at)
SELECT line_id, uuidv7(), reason, %(on)s, %(at)s
  FROM unnest(%(line_ids)s::uuid[], %(reasons)s::text[]) AS barred (line_id, reason)
