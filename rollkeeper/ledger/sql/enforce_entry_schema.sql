-- Refuses an entry whose body is not the canonical body of its columns, in its verb's schema: an attacker who controls a process
-- cannot publish free text. Sets the instant and the day of an entry of an app.
-- Law: art. 11; no article lets personal data into an entry.
-- Reads: the new row, the forms. Writes: two functions and one trigger.
-- Plan: no table. One more body an entry, and two of an app in production: body.sql says what each costs (some 20 µs).
-- Again: CREATE OR REPLACE: the same trigger.
-- It rebuilds the body from the columns and from the body's own values, and compares the bytes. It does not stop the owner of the
-- tables, who could drop the trigger; the published tree detects that.

CREATE OR REPLACE FUNCTION ledger_codes_are_words(verb text, facts jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    one text[];
BEGIN
    IF facts IS NOT NULL THEN
        FOREACH one SLICE 1 IN ARRAY ledger_entry_schema(verb) LOOP
            IF one[2] = 'code' AND NOT ledger_is_word(facts ->> one[1]) THEN  -- an optional one that is missing passes
                RETURN false;
            END IF;
        END LOOP;
    END IF;
    RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION ledger_enforce_entry_schema() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    said jsonb;
BEGIN
    IF pg_input_is_valid(NEW.body, 'jsonb') THEN
        said := NEW.body::jsonb;
    END IF;
    -- Input that is not an object, or differs from its columns, gives another body or none.
    IF (NEW.body = ledger_body(NEW.verb, NEW.at, NEW.day, said ->> 'role', said ->> 'actor', said ->> 'pack',
            said ->> 'article', NEW.line_id, said ->> 'person', said -> 'facts')) IS NOT TRUE
    THEN
        RAISE EXCEPTION 'an entry is not of its form' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- A code or a role must be a word of the program, so that no app enters a name as one. Facts of other kinds cannot hold a name.
    IF kernel_is_app() AND NOT (ledger_is_word(said ->> 'role') AND ledger_codes_are_words(NEW.verb, said -> 'facts')) THEN
        RAISE EXCEPTION 'ledger_entry_with_a_word_that_is_not_of_the_program' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- An app does not set the time of an entry, except in a demo instance, which may be given a date.
    IF kernel_is_app() AND kernel_is_production() THEN
        NEW.at := date_trunc('milliseconds', clock_timestamp());
        NEW.day := kernel_day(NULL);
        NEW.body := ledger_body(NEW.verb, NEW.at, NEW.day, said ->> 'role', said ->> 'actor', said ->> 'pack',
            said ->> 'article', NEW.line_id, said ->> 'person', said -> 'facts');
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER ledger_entry_enforce_schema BEFORE INSERT ON ledger_entry
    FOR EACH ROW WHEN (kernel_acting_role() <> 'migrator') EXECUTE FUNCTION ledger_enforce_entry_schema();
