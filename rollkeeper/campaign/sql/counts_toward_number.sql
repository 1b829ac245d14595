-- Whether a line counts toward the number that a campaign lets one person have: one in force. To be included: wants the tenure as h, its line as
-- k, and the campaign as o (services, regions, payments, party_kinds, activated_from).
-- Law: what the pack limits. Reads: as included. Writes: -. Plan: as included. Again: the same.
(upper_inf(h.held) AND k.state IN ('active', 'suspended') AND
-- include lines.is_counted
)
