-- Removes the mark from lines whose subscribers a campaign no longer asks to verify their registration.
-- Law: the pack's cohort. Reads: campaign_member. Writes: lines_line (version + 1). Plan: one pass over the members of a campaign that is
-- over, or of those that a changed pack released.
-- Again: nothing, since no mark is left.
WITH reverify_slice AS (
    SELECT line_id FROM campaign_member
     WHERE campaign_id = %(campaign_id)s AND (stage = ANY (%(stages)s) OR stage = 'out_of_scope' AND out_of_scope_reason = 'not_concerned')
)
-- include lines.end_reverification_many
