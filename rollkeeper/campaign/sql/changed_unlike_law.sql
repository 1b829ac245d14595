-- Finds the lines that were restored, as by the undo of a termination, under a bar that the law planned now would not have set.
-- Law: art. 3. Reads: changed_line (temporary), campaign_member, and as included. Writes: -. Plan: primary keys by line, only lines that
-- changed. Again: the same until they are released.
SELECT m.line_id FROM changed_line c JOIN campaign_member m ON m.line_id = c.line_id AND m.campaign_id = %(campaign_id)s
 WHERE c.stage = 'suspended' AND
-- include campaign.barred_unlike_law
