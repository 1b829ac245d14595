-- Queues again, on another line of the same person under any of their documents, notices about their data that were not sent before they lost
-- the line.
-- Law: art. 12; the pack's disclosure[].notify_person. Reads: notices_notice, lines_tenure, lines_line, subscribers_personlink. Writes: notices_notice.
-- Plan: primary keys, lines_tenure_by_person, for the few notices that are withdrawn so. Again: the caller withdraws the first in the same action.
INSERT INTO notices_notice (line_id, kind, language, promised_on, pack_hash, queued_on, exposed, wording_id)
SELECT own.line_id, n.kind, n.language, n.promised_on, n.pack_hash, n.queued_on, n.exposed, n.wording_id
  FROM unnest(%(line_ids)s::uuid[], %(notice_ids)s::uuid[]) AS g (line_id, notice_id)
  JOIN notices_notice n USING (line_id, notice_id)
  JOIN lines_tenure was ON was.line_id = n.line_id AND was.tenure_id = n.for_tenure
 CROSS JOIN LATERAL (
       SELECT h.line_id FROM lines_tenure h JOIN lines_line l USING (line_id)
        WHERE h.person_id IN (SELECT subscribers_references_of(was.person_id)) AND upper_inf(h.held) AND h.contested_on IS NULL AND l.state IN ('active', 'suspended')
        ORDER BY l.state <> 'active', h.assurance = 'declared', lower(h.held), h.line_id LIMIT 1) own
 WHERE n.state = 'queued' AND n.delivered_on IS NULL
   -- The exposed data may be those of the line's user or of a guardian, who have no part in other lines.
   AND (n.kind = 'disclosed' OR n.kind = 'data_exposed' AND num_nonnulls(was.user_person_id, was.guardian_person_id, was.bearer_person_id) = 0)
