-- Waives lines whose subscribers could not be notified: one row and one ledger entry each.
-- Law: art. 3 (informing is the operator's duty: a named person takes responsibility where it failed).
-- Reads: campaign_member. Writes: campaign_unreachablewaiver, ledger_entry.
-- Plan: primary key by line, only the lines given.
-- Again: nothing, since they are waived already.
WITH waived AS (
    INSERT INTO campaign_unreachablewaiver (line_id, campaign_id, because, waived_by, waived_on)
    SELECT m.line_id, m.campaign_id, %(because)s, %(staff_id)s, %(day)s
      FROM campaign_member m
     WHERE m.campaign_id = %(campaign_id)s AND m.stage = 'not_notified' AND m.line_id = ANY (%(lines)s::uuid[])
        ON CONFLICT DO NOTHING
 RETURNING line_id
)
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
SELECT %(at)s, %(day)s, %(verb)s, line_id, NULL, %(staff_id)s,
       ledger_body(%(verb)s, %(at)s, %(day)s, %(role)s, %(actor)s, %(pack)s, %(article)s, line_id, NULL,
                   jsonb_build_object('because', %(because)s::text, 'campaign', %(campaign_id)s::text))
  FROM waived
 ORDER BY random()
