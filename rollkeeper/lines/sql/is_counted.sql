-- Whether a tenure counts against a law's limit on the number of lines. To be included: wants the tenure as h, its line as k, and what the
-- limit counts as o (services, regions, payments, party_kinds, activated_from). An empty list of regions or kinds of party means any.
-- Law: what the pack limits. A line that its subscriber contests does not count. Reads: lines_tenure. Writes: -.
-- Plan: lines_tenure_pkey by line, for the few that are older than the law. Again: the same.
(h.contested_on IS NULL AND (o.party_kinds = '{}' OR h.party_kind = ANY (o.party_kinds))
 AND k.service = ANY (o.services) AND k.payment = ANY (o.payments) AND (o.regions = '{}' OR k.region = ANY (o.regions))
 AND (k.activated_on >= o.activated_from
      -- For a line that was taken over from another person, the day of taking over counts instead.
      OR EXISTS (SELECT FROM lines_tenure b WHERE b.line_id = h.line_id AND b.held << h.held AND b.person_id <> h.person_id)
         AND (SELECT min(lower(f.held)) FROM lines_tenure f WHERE f.line_id = h.line_id AND f.person_id = h.person_id) >= o.activated_from))
