-- Finds lines for the apps by the index of one number, by a code that was read out, or by its handle; makes lines under a number.
-- Law: art. 2, art. 11 (no one can access everyone). Reads: lines_number, lines_line, lines_countercode. Writes: lines_line,
-- lines_number, lines_countercode, lines_countercodeattempt. Plan: primary keys. Again: CREATE OR REPLACE: the same functions.
-- Each number is counted (access/sql/functions.sql): otherwise an app with the index's key and a table of indexes could find every number.

CREATE OR REPLACE FUNCTION lines_find_numbers(indexes bytea[])
RETURNS TABLE (number_index bytea, line_id uuid, quarantined_until date)
LANGUAGE plpgsql ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM access_count_lookups(cardinality(indexes));
    RETURN QUERY SELECT n.number_index, n.line_id, n.quarantined_until FROM lines_number n WHERE n.number_index = ANY (indexes);
END
$$;

-- Locks the lines that have these numbers, and then the numbers, in the order in which all acts lock lines.
CREATE OR REPLACE FUNCTION lines_lock_numbers(indexes bytea[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    locked integer;
BEGIN
    PERFORM access_count_lookups(cardinality(indexes));
    WITH found AS (
        SELECT n.line_id FROM lines_number n JOIN lines_line l USING (line_id)
         WHERE n.number_index = ANY (indexes) ORDER BY n.line_id FOR UPDATE OF l, n
    )
    SELECT count(*) INTO locked FROM found;
    RETURN locked;
END
$$;

-- Returns the last day of the quarantine of a line's number; NULL for an active line, and for a line whose number another line has now.
CREATE OR REPLACE FUNCTION lines_quarantined_until(line uuid) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.quarantined_until FROM lines_line l JOIN lines_number n ON n.number_index = l.number_index AND n.line_id = l.line_id
     WHERE l.line_id = line
$$;

-- Whether a line has a number other than this one.
CREATE OR REPLACE FUNCTION lines_has_other_number(line uuid, shown bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN EXISTS (SELECT FROM lines_line l WHERE l.line_id = line AND l.number_index <> shown);
END
$$;

-- Gives a clerk the handle of the line whose code was read out; NULL for every other code. Codes are counted like numbers, so that
-- no app can try them all.
CREATE OR REPLACE FUNCTION lines_redeem_code(shown bytea, new_handle uuid, clerk uuid, minutes integer) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found uuid;
BEGIN
    PERFORM access_count_lookups(1);
    UPDATE lines_countercode SET handle_id = new_handle, redeemed_by = clerk,
           ends_at = clock_timestamp() + make_interval(mins => least(minutes, 60))
     WHERE code_hash = shown AND handle_id IS NULL AND ends_at > clock_timestamp()
 RETURNING line_id INTO found;
    RETURN found;
END
$$;

-- Gives a clerk a handle for the line that they found by its number: its pages then need no number. The caller has the index already.
CREATE OR REPLACE FUNCTION lines_hand_to_clerk(shown bytea, new_handle uuid, clerk uuid, minutes integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    -- No code has this hash, so no one can read this row out.
    INSERT INTO lines_countercode (code_hash, line_id, ends_at, handle_id, redeemed_by)
    SELECT sha256(uuid_send(new_handle)), n.line_id, clock_timestamp() + make_interval(mins => least(minutes, 60)), new_handle, clerk
      FROM lines_number n WHERE n.number_index = shown;
END
$$;

-- At a counter a handle expires; the worker still accepts an expired one in an offline registration.
CREATE OR REPLACE FUNCTION lines_number_of_handle(shown uuid, clerk uuid) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN (
        SELECT n.number_index FROM lines_countercode s JOIN lines_line l USING (line_id)
          JOIN lines_number n ON n.number_index = l.number_index AND n.line_id = l.line_id
         WHERE s.handle_id = shown AND s.redeemed_by = clerk
           AND (s.ends_at > clock_timestamp() OR kernel_acting_role() IN ('worker', 'console')));
END
$$;

-- Extends a handle to a day from the making of its code, because a submission for the line waits for a second person.
CREATE OR REPLACE FUNCTION lines_extend_handle(shown uuid, clerk uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE lines_countercode SET ends_at = made_at + interval '1 day' WHERE handle_id = shown AND redeemed_by = clerk
$$;

CREATE OR REPLACE FUNCTION lines_count_code_attempt(clerk uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO lines_countercodeattempt (staff_id) VALUES (clerk)
$$;

-- The former functions, without the region of a new line.
DROP FUNCTION IF EXISTS lines_create(uuid[], text[], text[], bytea[], bytea[], date);
DROP FUNCTION IF EXISTS lines_reassign_number(uuid, uuid, text, text, bytea, bytea, date);

-- A region is a name of the operator's settings (lines/settings.py): no app may write longer texts there.
CREATE OR REPLACE FUNCTION lines_require_regions(regions text[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    region text;
BEGIN
    FOREACH region IN ARRAY regions LOOP
        IF char_length(region) NOT BETWEEN 1 AND 64 OR region ~ '[[:cntrl:]]' THEN
            RAISE EXCEPTION 'lines_region_is_no_name' USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION lines_require_regions FROM PUBLIC;

-- Makes lines under numbers that no line has, and returns the indexes of the lines made: a concurrent second writer waits, then gets none.
CREATE OR REPLACE FUNCTION lines_create(
    line_ids uuid[], services text[], languages text[], regions text[], indexes bytea[], sealed bytea[], on_day date
) RETURNS SETOF bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM lines_refuse_many(line_ids);
    PERFORM lines_require_regions(regions);
    PERFORM access_count_lookups(cardinality(indexes));
    RETURN QUERY
      WITH made AS (
          INSERT INTO lines_number (number_index, line_id)
          SELECT * FROM unnest(indexes, line_ids) AS wanted (number_index, line_id) ORDER BY wanted.number_index
              ON CONFLICT (number_index) DO NOTHING
          RETURNING number_index, line_id
      ), line AS (
          INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential, activated_on,
                                  language, region, number_index, number_sealed)
          SELECT made.line_id, given.service, 'active', 1, false, false, false, kernel_day(on_day), given.language, given.region,
                 made.number_index, given.sealed
            FROM unnest(line_ids, services, languages, regions, sealed) AS given (line_id, service, language, region, sealed) JOIN made USING (line_id)
      )
      SELECT made.number_index FROM made;
END
$$;

-- Makes a new line under the number of a line that is over, and releases the old line: the number no longer leads to it.
CREATE OR REPLACE FUNCTION lines_reassign_number(
    former uuid, new_line uuid, service_of text, language_of text, region_of text, shown bytea, sealed bytea, on_day date
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM lines_require_regions(ARRAY[region_of]);
    PERFORM access_count_lookups(1);
    UPDATE lines_number n SET line_id = new_line, quarantined_until = NULL
      FROM lines_line l
     WHERE n.number_index = shown AND n.line_id = former AND l.line_id = former AND l.state = 'terminated'
       AND (n.quarantined_until IS NOT NULL OR NOT kernel_is_app());
    IF NOT FOUND THEN
        RAISE EXCEPTION 'lines_number_taken_from_a_line' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE lines_line SET state = 'released', number_index = NULL, version = version + 1 WHERE line_id = former;
    INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential, activated_on,
                            language, region, number_index, number_sealed)
    VALUES (new_line, service_of, 'active', 1, false, false, false, kernel_day(on_day), language_of, region_of, shown, sealed);
END
$$;

-- A number in quarantine goes back only to its former subscriber, whatever a counter's program says. One exception: on the day on which a
-- campaign ended an unregistered line, any person may have its number.
CREATE OR REPLACE FUNCTION lines_require_end_of_quarantine() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given CONSTANT date := (SELECT activated_on FROM lines_line WHERE line_id = NEW.line_id);
    former record;
    own uuid[];
BEGIN
    IF OLD.quarantined_until < given THEN
        RETURN NULL;
    END IF;
    SELECT is_registered, terminated_on, terminated_by INTO former FROM lines_line WHERE line_id = OLD.line_id;
    IF NOT former.is_registered AND former.terminated_by = 'campaign' AND former.terminated_on = given THEN
        RETURN NULL;
    END IF;
    own := ARRAY(SELECT one.person_id
                   FROM (SELECT person_id FROM lines_tenure WHERE line_id = OLD.line_id ORDER BY lower(held) DESC LIMIT 1) AS before
                  CROSS JOIN LATERAL subscribers_references_of(before.person_id) AS one (person_id));
    -- Every tenure of the new line must be theirs: otherwise the same transaction could end their tenure and begin another person's.
    IF (SELECT bool_or(upper_inf(now.held)) AND bool_and(coalesce(now.person_id = ANY (own), false))
          FROM lines_tenure now WHERE now.line_id = NEW.line_id)
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'lines_number_in_quarantine' USING ERRCODE = 'insufficient_privilege';
END
$$;
REVOKE ALL ON FUNCTION lines_require_end_of_quarantine FROM PUBLIC;
DROP TRIGGER IF EXISTS lines_number_after_quarantine ON lines_number;
CREATE CONSTRAINT TRIGGER lines_number_after_quarantine AFTER UPDATE OF line_id ON lines_number DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.line_id <> OLD.line_id AND OLD.quarantined_until IS NOT NULL AND kernel_is_app())
    EXECUTE FUNCTION lines_require_end_of_quarantine();
