-- Refuses an entry whose body is not the canonical body of its columns, in its verb's schema: whoever took over a process
-- cannot write a text of his own into what is published.
-- Law: art. 11; no article lets personal data into an entry.
-- Reads: the new row, the forms. Writes: one function and one trigger.
-- Plan: no table. One more body an entry: body.sql says what that costs.
-- Again: CREATE OR REPLACE: the same trigger.
--
-- It makes the body anew from the columns and from what the body says itself, and compares the bytes. The owner of the
-- tables is not held: he could take the trigger away, and what stands against him is the published tree.

CREATE OR REPLACE FUNCTION ledger_enforce_entry_schema() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    said jsonb;
BEGIN
    IF pg_input_is_valid(NEW.body, 'jsonb') THEN
        said := NEW.body::jsonb;
    END IF;
    -- What is no object, or says otherwise than its columns, makes another body or none.
    IF (NEW.body = ledger_body(NEW.verb, NEW.at, NEW.day, said ->> 'role', said ->> 'actor', said ->> 'pack',
            said ->> 'article', NEW.line_id, said ->> 'person', said -> 'facts')) IS NOT TRUE
    THEN
        RAISE EXCEPTION 'an entry is not of its form' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER ledger_entry_enforce_schema BEFORE INSERT ON ledger_entry
    FOR EACH ROW WHEN (CURRENT_USER <> 'migrator') EXECUTE FUNCTION ledger_enforce_entry_schema();
