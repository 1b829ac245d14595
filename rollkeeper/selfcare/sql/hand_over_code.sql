-- Lets the care number's menu, or a clerk with the subscriber in front of them, give a code for a suspended line, which no message reaches.
-- Law: art. 3 (a subscriber who is cut off is heard). Reads: selfcare_coderequest, lines_line, lines_tenure, ledger_entry.
-- Writes: selfcare_coderequest, selfcare_codetry. Plan: selfcare_coderequest_by_number, a handful of rows; primary keys. Again: the newer code replaces the older.

-- The pages on which the number of a line was typed a short while ago, the newest first. A page's reference opens nothing. A call is
-- counted like a lookup of a number: otherwise a person who types a number at the portal could find out which line it belongs to.
CREATE OR REPLACE FUNCTION selfcare_pages_of(line uuid) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN QUERY
    SELECT c.code_request_id FROM selfcare_coderequest c JOIN lines_line l ON l.number_index = c.number_index
     WHERE l.line_id = line AND c.processed_at IS NOT NULL
       AND c.made_at BETWEEN clock_timestamp() - interval '20 minutes' AND clock_timestamp()
     ORDER BY c.made_at DESC LIMIT 100;
END
$$;

-- Writes the hash of a code to one page; false if the line had its codes of the hour or of the day. The callers do not choose these numbers.
DROP FUNCTION IF EXISTS selfcare_hand_over_code(uuid, uuid, bigint, text, bytea, integer, integer, integer, integer);
CREATE OR REPLACE FUNCTION selfcare_hand_over_code(
    page uuid, line uuid, entry bigint, means text, hash bytea, minutes integer, attempts integer, session_length integer
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    hourly CONSTANT integer := selfcare_codes_per_hour();
BEGIN
    IF (means IN ('care_menu', 'counter')) IS NOT TRUE OR NOT EXISTS (
        SELECT FROM ledger_entry e WHERE e.entry_id = entry AND e.line_id = line AND e.verb = 'selfcare:code:sent'
                                     AND e.xid = pg_current_xact_id())
    THEN
        RAISE EXCEPTION 'selfcare_code_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (SELECT count(*) FILTER (WHERE c.made_at > clock_timestamp() - interval '1 hour') >= hourly OR count(*) >= 2 * hourly
          FROM selfcare_coderequest c
         WHERE c.line_id = line AND NOT c.is_kept AND c.channel IS NOT NULL
           AND c.made_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp())
    THEN
        RETURN false;
    END IF;
    UPDATE selfcare_coderequest c
       SET line_id = l.line_id, tenure_id = h.tenure_id, person_id = h.person_id, channel = means, code_hash = hash, is_kept = false,
           attempts_left = least(attempts, 10), expires_at = clock_timestamp() + make_interval(mins => least(minutes, 60)),
           session_minutes = least(session_length, 120), session_attempts = least(attempts, 10)
      FROM lines_line l LEFT JOIN lines_tenure h ON h.line_id = l.line_id AND upper_inf(h.held)
     WHERE c.code_request_id = page AND l.line_id = line AND l.number_index = c.number_index AND l.state = 'suspended'
       AND c.processed_at IS NOT NULL;
    IF NOT FOUND THEN
        PERFORM access_count_lookups(1);  -- Otherwise the answer would show for any line whether it has the number of a page.
        RETURN false;
    END IF;
    DELETE FROM selfcare_codetry WHERE code_request_id = page;
    RETURN true;
END
$$;
