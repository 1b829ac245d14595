-- Clears what the register still holds about lines and tenures whose keys are gone: number, contact, reference, the subscriber's
-- commitment, the entries by which a tenure began and ended; the reason of a pause and the mark of an essential line, which may show an
-- illness; and the case of a hold.
-- To be included: needs `erase_slice (line_id, tenure_id)`, the whole line if no tenure is named; %(on)s.
-- Law: art. 5. Reads: -. Writes: lines_line, lines_number, lines_reference, lines_tenure, lines_pause, lines_legalhold.
-- Plan: primary keys by line; lines_reference_by_line. Again: nothing left to clear.
erased_line AS (
    UPDATE lines_line l
       SET state = 'released', erased_on = %(on)s, version = l.version + 1, number_index = NULL, number_sealed = NULL,
           contact_sealed = NULL, contact_kind = NULL, language = NULL, is_essential = false
      FROM erase_slice e WHERE l.line_id = e.line_id AND e.tenure_id IS NULL
 RETURNING l.line_id, old.number_index AS number_index
), erased_contact AS (
    -- A line that goes on without a subscriber still has the address of its last subscriber, who is erased now.
    UPDATE lines_line l SET contact_sealed = NULL, contact_kind = NULL, version = l.version + 1
      FROM erase_slice e JOIN lines_tenure h ON h.line_id = e.line_id AND h.tenure_id = e.tenure_id
     WHERE l.line_id = e.line_id AND l.contact_sealed IS NOT NULL AND NOT upper_inf(h.held)
       AND NOT EXISTS (SELECT FROM lines_tenure n WHERE n.line_id = e.line_id AND lower(n.held) >= upper(h.held))
       AND NOT EXISTS (SELECT FROM erase_slice w WHERE w.line_id = e.line_id AND w.tenure_id IS NULL)
), erased_pause AS (
    UPDATE lines_pause p SET reason = 'other' FROM erased_line WHERE p.line_id = erased_line.line_id AND p.reason <> 'other'
), erased_former_pause AS (
    UPDATE lines_pause p SET reason = 'other'
      FROM erase_slice e JOIN lines_tenure h ON h.line_id = e.line_id AND h.tenure_id = e.tenure_id
     WHERE p.line_id = e.line_id AND p.recorded_at < upper(h.held) AND p.reason <> 'other'
), erased_legal_hold AS (
    UPDATE lines_legalhold h SET case_reference = '' FROM erased_line WHERE h.line_id = erased_line.line_id
), erased_former_hold AS (
    -- On a line that goes on, clear the cases of holds that began while the erased subscriber had it and are over.
    UPDATE lines_legalhold k SET case_reference = ''
      FROM erase_slice e JOIN lines_tenure h ON h.line_id = e.line_id AND h.tenure_id = e.tenure_id
     WHERE k.line_id = e.line_id AND upper(k.days) <= %(on)s::date AND lower(k.days) <= (upper(h.held) AT TIME ZONE kernel_zone())::date
), erased_number AS (
    DELETE FROM lines_number n USING erased_line WHERE n.number_index = erased_line.number_index AND n.line_id = erased_line.line_id
), erased_reference AS (
    DELETE FROM lines_reference r USING erased_line WHERE r.line_id = erased_line.line_id
), erased_tenure AS (
    UPDATE lines_tenure h SET commitment = NULL, route = NULL, good_through = NULL, identity_check = NULL, begun_by_entry = NULL, ended_by_entry = NULL,
           erased_on = %(on)s
      FROM erase_slice e
     WHERE h.line_id = e.line_id AND (e.tenure_id IS NULL OR h.tenure_id = e.tenure_id)
       AND h.erased_on IS NULL
)
