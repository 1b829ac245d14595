-- Whether a line counts toward the number that a campaign allows one person: only a line in force does. To be included: wants the tenure as h,
-- its line as k, and the campaign as o (services, regions, payments, party_kinds, activated_from).
-- Law: what the pack limits. Reads: as included. Writes: -. Plan: as included. Again: the same.
(upper_inf(h.held) AND k.state IN ('active', 'suspended') AND
-- include lines.is_counted
)
