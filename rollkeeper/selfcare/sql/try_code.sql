-- Begins a session for a valid code, with the rights of this function's owner: the portal's role alone could not make a session.
-- Law: art. 11, 13 (only the person concerned sees and acts). Reads: selfcare_coderequest, selfcare_postedcode, lines_line,
-- lines_tenure, subscribers_subscriber, ledger_entry.
-- Writes: selfcare_codetry (one try more, whether or not there is such a line), selfcare_coderequest, selfcare_postedcode, selfcare_portalsession.
-- Plan: primary key; selfcare_postedcode_by_code, one probe. Again: one more try; the code is used up and the answer is no; two at once take turns.

-- One transaction counts and stores a try, and another compares it: otherwise an attacker with the portal's role could roll back each wrong
-- try, and try every code. `given` is the code's hash for this page alone, `posted` its hash for any page on which the number of the same
-- line was typed, since a letter comes days later. A wrong try writes to a row that has nothing to do with a line: otherwise the portal's
-- role could learn from the number of bytes in a statement's plan which number is a line's.
CREATE OR REPLACE FUNCTION selfcare_count_try(code_request uuid, given bytea, posted bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO selfcare_codetry AS t (code_request_id, tries, tried_code, tried_letter, tried_in)
    SELECT c.code_request_id, 1, given, posted, pg_current_xact_id()::text::bigint FROM selfcare_coderequest c
     WHERE c.code_request_id = code_request AND c.attempts_left > 0 AND c.expires_at > clock_timestamp()
        ON CONFLICT (code_request_id) DO UPDATE
       SET tries = t.tries + 1, tried_code = EXCLUDED.tried_code, tried_letter = EXCLUDED.tried_letter, tried_in = EXCLUDED.tried_in
     WHERE t.tries < (SELECT c.attempts_left FROM selfcare_coderequest c WHERE c.code_request_id = t.code_request_id);
END
$$;

-- The session is limited after the code of a letter, after a code that was handed over, and after a code sent to an address that a counter
-- recorded for the former subscriber: an attacker who controls a counter would record their own. The tests act as the portal's role in a
-- session of the migrator, in one transaction.
DROP FUNCTION IF EXISTS selfcare_verify_code(uuid, bytea, bytea);
DROP FUNCTION IF EXISTS selfcare_verify_code(uuid, bytea, bytea, bytea);
CREATE OR REPLACE FUNCTION selfcare_verify_code(code_request uuid, session bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tried selfcare_coderequest;
    typed record;
    letter record;
BEGIN
    SELECT * INTO tried FROM selfcare_coderequest WHERE code_request_id = code_request FOR UPDATE;
    UPDATE selfcare_codetry SET tried_code = NULL, tried_letter = NULL, tried_in = NULL
     WHERE code_request_id = code_request AND (tried_in <> pg_current_xact_id()::text::bigint OR session_user = 'migrator')
    RETURNING old.tried_code AS code, old.tried_letter AS letter INTO typed;
    -- A code that was on its way when the SIM was replaced reaches the person with the new SIM: the network keeps messages for a telephone
    -- that is off.
    -- False, not unknown, where nothing was typed: else the line's entries would be read, and the plan of a statement tells that they were.
    IF (coalesce(tried.code_hash = typed.code, false) AND tried.line_id IS NOT NULL AND session IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_entry r WHERE r.line_id = tried.line_id AND r.verb = 'line:sim:replaced'
           AND r.entry_id > (SELECT coalesce(max(s.entry_id), 0) FROM ledger_entry s
                              WHERE s.line_id = tried.line_id AND s.verb = 'selfcare:code:sent'
                                AND s.body::jsonb #>> '{facts,channel}' <> 'post'))) IS NOT TRUE THEN
        -- While a letter is valid, its line may have ended or got another subscriber, to whom the letter was not sent; or a person of the
        -- line may have become protected, from someone who lives at its address.
        UPDATE selfcare_postedcode AS p SET code_hash = NULL
         WHERE p.code_hash = typed.letter AND p.number_index = tried.number_index AND p.ends_at > clock_timestamp() AND session IS NOT NULL
           AND EXISTS (SELECT FROM lines_line AS l WHERE l.line_id = p.line_id AND l.state IN ('active', 'suspended'))
           AND p.tenure_id IS NOT DISTINCT FROM
               (SELECT h.tenure_id FROM lines_tenure AS h WHERE h.line_id = p.line_id AND upper_inf(h.held))
           AND NOT EXISTS (
               SELECT FROM (SELECT * FROM lines_tenure WHERE line_id = p.line_id ORDER BY lower(held) DESC LIMIT 1) AS h
                 JOIN subscribers_subscriber AS s ON s.person_id IN (h.person_id, h.user_person_id, h.guardian_person_id, h.bearer_person_id)
                WHERE s.is_protected)
        RETURNING line_id, tenure_id, person_id, session_minutes, session_attempts INTO letter;
        IF letter.line_id IS NULL THEN
            RETURN false;
        END IF;
        UPDATE selfcare_coderequest SET attempts_left = 0, code_hash = NULL WHERE code_request_id = code_request;
        INSERT INTO selfcare_portalsession (session_mark, line_id, tenure_id, person_id, ends_at, attempts_left, is_limited)
        VALUES (session, letter.line_id, letter.tenure_id, letter.person_id,
                clock_timestamp() + make_interval(mins => letter.session_minutes), letter.session_attempts, true);
        RETURN true;
    END IF;
    UPDATE selfcare_coderequest SET attempts_left = 0, code_hash = NULL WHERE code_request_id = code_request;
    INSERT INTO selfcare_portalsession (session_mark, line_id, tenure_id, person_id, ends_at, attempts_left, is_limited)
    VALUES (session, tried.line_id, tried.tenure_id, tried.person_id,
            clock_timestamp() + make_interval(mins => tried.session_minutes), tried.session_attempts,
            coalesce(tried.channel IN ('care_menu', 'counter'), false) OR EXISTS (
                SELECT FROM lines_line l WHERE l.line_id = tried.line_id AND l.contact_kind = 'later'));
    RETURN true;
END
$$;

-- How many pages of one source asked for a code in the last hour. The portal's role selects no request: the plan of a statement tells how often a
-- worker wrote to one, which is more for a line's number.
CREATE OR REPLACE FUNCTION selfcare_requests_of_source(mark bytea) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM selfcare_coderequest c WHERE c.source_mark = mark AND c.made_at > clock_timestamp() - interval '1 hour'
$$;
REVOKE ALL ON FUNCTION selfcare_requests_of_source FROM PUBLIC;
