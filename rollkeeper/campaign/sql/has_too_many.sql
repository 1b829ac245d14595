-- Whether the subscriber of a line has more lines than a campaign allows; true if the campaign names no number (NULL). To be included:
-- wants lines_line as l, and the campaign as o (lines_over, services, regions, payments, party_kinds, activated_from).
-- Law: what the pack limits; a person's lines count under all their documents. A line that its subscriber contests does not count and is
-- not asked. Reads: lines_tenure, subscribers_personlink, lines_line. Writes: -.
-- Plan: lines_tenure_pkey, subscribers_joined_pkey, lines_tenure_by_person, lines_line_pkey: at most one line more than the number, which
-- most people never reach. Again: the same.
(o.lines_over IS NULL OR EXISTS (
    SELECT FROM lines_tenure mine
     CROSS JOIN LATERAL subscribers_references_of(mine.person_id) AS one (person_id)
      JOIN lines_tenure h ON h.person_id = one.person_id JOIN lines_line k ON k.line_id = h.line_id
     WHERE mine.line_id = l.line_id AND upper_inf(mine.held) AND mine.contested_on IS NULL
       AND
-- include campaign.counts_toward_number
    OFFSET o.lines_over LIMIT 1))
