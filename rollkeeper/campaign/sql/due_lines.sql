-- Puts the lines that are due into a batch, in an order drawn by lot, each with the version that is decided on.
-- Law: art. 3; a promised day is never shortened. Reads: member_clock, law_due (temporary).
-- Writes: campaign_batchline. Plan: one hash join, one sort.
-- Again: the primary key refuses a line twice in one batch.
INSERT INTO campaign_batchline (line_id, batch_id, position, line_version, outcome)
SELECT c.line_id, %(batch_id)s, row_number() OVER (ORDER BY random()), c.version, 'waiting'
  FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
 WHERE c.excluded IS NULL AND
-- include campaign.is_due
