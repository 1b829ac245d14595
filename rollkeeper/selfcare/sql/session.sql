-- Finds a living session: it is not over, its line is not over, and the line has the same tenure as when the session began.
-- Law: art. 13. Reads: selfcare_portalsession, selfcare_application, lines_line, lines_tenure. Writes: a row lock.
-- Plan: primary keys. Again: the same.

SELECT v.session_mark, v.line_id, v.tenure_id, v.person_id, v.verified_at IS NOT NULL AND h.contested_on IS NULL AND h.party_kind <> 'company' AS is_verified,
       v.attempts_left, v.ends_at, v.is_limited, h.contested_on IS NOT NULL AS is_contested, h.assurance = 'declared' AS is_declared,
       coalesce(h.party_kind = 'company', false) AS is_company,
       -- A corrected record is the same tenure.
       (SELECT max(lower(b.held)) FROM lines_tenure AS b
         WHERE b.line_id = h.line_id AND b.person_id = h.person_id
           AND NOT EXISTS (SELECT FROM lines_tenure AS c
                            WHERE c.line_id = b.line_id AND c.person_id = b.person_id AND upper(c.held) = lower(b.held))) AS held_since,
       EXISTS (SELECT FROM selfcare_application AS a WHERE a.line_id = v.line_id AND a.tenure_id = v.tenure_id
                                  AND a.checked_by IS NULL) AS is_remote
  FROM selfcare_portalsession AS v
  JOIN lines_line AS l USING (line_id)
  LEFT JOIN lines_tenure AS h ON h.line_id = v.line_id AND upper_inf(h.held)
 WHERE v.session_mark = %(session_mark)s
   AND v.ends_at > clock_timestamp()
   AND l.state IN ('active', 'suspended')
   AND h.tenure_id IS NOT DISTINCT FROM v.tenure_id
   FOR UPDATE OF v
