-- Lets whoever shows a code in, in the rights of this function's owner: the portal's role alone could not make a visit.
-- Law: art. 11, 13 (only whoever is concerned, and nobody else, sees and acts). Reads: rights_knock. Writes: rights_knock
-- (one try fewer, whether or not there is such a line), rights_visit.
-- Plan: primary key. Again: the code is used up and the answer is no; two at once take turns.

CREATE OR REPLACE FUNCTION rights_try_code(knock uuid, given bytea, visit bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tried rights_knock;
BEGIN
    UPDATE rights_knock SET tries_left = tries_left - 1
     WHERE knock_id = knock AND tries_left > 0 AND expires_at > clock_timestamp()
    RETURNING * INTO tried;
    IF tried.code_hash IS NULL OR tried.code_hash <> given OR tried.line_id IS NULL THEN
        RETURN false;
    END IF;
    UPDATE rights_knock SET tries_left = 0, code_hash = NULL WHERE knock_id = knock;
    INSERT INTO rights_visit (ask_mark, line_id, holding_id, person_id, ends_at, proofs_left)
    VALUES (visit, tried.line_id, tried.holding_id, tried.person_id,
            clock_timestamp() + make_interval(mins => tried.visit_minutes), tried.visit_proofs);
    RETURN true;
END
$$;
