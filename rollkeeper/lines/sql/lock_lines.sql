-- Locks lines by reference, in one order, so that two acts never wait for each other in a ring.
-- Law: -. Reads: lines_line. Writes: row locks. Plan: lines_line_pkey. Again: CREATE OR REPLACE: the same function.
--
-- Runs with its owner's rights: to lock a row, PostgreSQL requires the right to change it. The back office may change no line, but it must
-- lock a line to refund its hours.
CREATE OR REPLACE FUNCTION lines_lock_lines(line_ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF cardinality(line_ids) > 1 AND kernel_is_app() THEN
        RAISE EXCEPTION 'lines_more_than_one_line_at_a_time' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM lines_line WHERE line_id = ANY (line_ids) ORDER BY line_id FOR UPDATE;
END
$$;
