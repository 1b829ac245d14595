-- Tells whether a living session of the portal, with a request that waits for its answer, may see the data that a worker wants to open: its
-- own line; the name recorded there, which is compared and not shown; and, once the session is verified, all data of the person that its
-- line opens.
-- Law: art. 5, 13. Reads: selfcare_portalsession, selfcare_portalrequest, lines_tenure. Writes: -.
-- Plan: the living sessions, some hundreds; then primary keys. Again: the same.

WITH asking AS (
    SELECT v.line_id, v.person_id, h.tenure_id, v.verified_at IS NOT NULL AND h.contested_on IS NULL AND h.party_kind <> 'company' AS is_verified,
           h.assurance <> 'declared' AS is_seen,
           (SELECT max(lower(b.held)) FROM lines_tenure b
             WHERE b.line_id = h.line_id AND b.person_id = h.person_id
               AND NOT EXISTS (SELECT FROM lines_tenure c WHERE c.line_id = b.line_id AND c.person_id = b.person_id AND upper(c.held) = lower(b.held))
           ) AS held_since
      FROM selfcare_portalsession v LEFT JOIN lines_tenure h ON h.line_id = v.line_id AND upper_inf(h.held)
     WHERE v.ends_at > clock_timestamp()
       AND encode(sha256(decode('726f6c6c6b65657065722f6163746f7200', 'hex') || v.session_mark), 'hex') = %(actor)s
       AND EXISTS (SELECT FROM selfcare_portalrequest r WHERE r.session_mark = v.session_mark AND r.answered_at IS NULL)
), listed AS (
    -- As in `session.sql` and `sessions.py`: a line that was registered recently, or without its document being seen, opens nothing but
    -- itself. Any other line opens no line that had ended before, and a newer line only once its subscriber had time to say that it is not
    -- theirs.
    SELECT a.line_id AS by_line, h.line_id, h.tenure_id,
           h.tenure_id = a.tenure_id OR lower(h.held) < a.held_since OR lower(h.held) < %(opens_newer_before)s AS is_open
      FROM asking a JOIN lines_tenure h USING (person_id)
     WHERE a.is_verified AND (h.tenure_id = a.tenure_id OR a.is_seen AND a.held_since < %(opens_others_before)s
           AND (upper_inf(h.held) OR upper(h.held) > a.held_since))
)
SELECT EXISTS (
    SELECT FROM asking a
     WHERE NOT EXISTS (
            SELECT FROM unnest(%(lines)s::uuid[]) AS wanted (line_id)
             WHERE wanted.line_id <> a.line_id
               AND NOT EXISTS (SELECT FROM listed o WHERE o.by_line = a.line_id AND o.line_id = wanted.line_id))
       AND (%(person)s::uuid IS NULL OR EXISTS (
            SELECT FROM lines_tenure h
             WHERE h.tenure_id = %(tenure)s AND h.person_id = %(person)s
               AND (h.tenure_id IN (SELECT o.tenure_id FROM listed o WHERE o.by_line = a.line_id AND o.is_open)
                    OR %(is_name)s AND h.line_id = a.line_id AND upper_inf(h.held))))
) AS is_justified
