-- Writes the body of one entry as canonical JSON (RFC 8785), for statements that append many entries at once.
-- Law: no article of its own; who acted under which article is in what it is given.
-- Reads: its arguments. Writes: nothing; two immutable functions are made.
-- Plan: no table. 50,000 bodies with three facts each: 1.2 s, with none 0.4 s (2 busy cores, 2026-11-24).
-- Again: CREATE OR REPLACE: the same functions.
--
-- The bytes are those of `ledger.acts.entry_body`: keys in the order of their UTF-16 code units, which for ASCII keys
-- is the order of their bytes; what is NULL or has no facts is left out; instants in UTC, cut to milliseconds.
-- IMMUTABLE although to_char is only STABLE: the patterns used here hold no word of a language.

CREATE OR REPLACE FUNCTION ledger_facts(facts jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    name text;
    fact jsonb;
    written text := '';
BEGIN
    -- A loop, since starting an aggregate for every row took a third longer.
    FOR name, fact IN SELECT f.key, f.value FROM jsonb_each(facts) AS f ORDER BY f.key COLLATE "C" LOOP
        IF octet_length(name) <> length(name)
            OR (CASE jsonb_typeof(fact)
                    WHEN 'string' THEN false
                    WHEN 'boolean' THEN false
                    WHEN 'number' THEN scale(fact::numeric) <> 0 OR abs(fact::numeric) >= 9007199254740992
                    ELSE true
                END)
        THEN
            RAISE EXCEPTION 'the facts of an entry are strings, whole numbers below 2^53 and booleans under ASCII keys'
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        written := written || ',' || to_json(name)::text || ':' || fact::text;
    END LOOP;
    RETURN '{' || substr(written, 2) || '}';
END
$$;

CREATE OR REPLACE FUNCTION ledger_body(
    verb text, at timestamptz, day date, role text, actor text, pack text, article text, line uuid, person text,
    facts jsonb
) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN '{"actor":' || to_json(actor)::text
        || CASE WHEN article IS NULL THEN '' ELSE ',"article":' || to_json(article)::text END
        || ',"at":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        || '","day":"' || to_char(day::timestamp, 'YYYY-MM-DD') || '"'
        || CASE WHEN facts IS NULL OR facts = '{}' THEN '' ELSE ',"facts":' || ledger_facts(facts) END
        || CASE WHEN line IS NULL THEN '' ELSE ',"line":"' || line::text || '"' END
        || CASE WHEN pack IS NULL THEN '' ELSE ',"pack":' || to_json(pack)::text END
        || CASE WHEN person IS NULL THEN '' ELSE ',"person":' || to_json(person)::text END
        || ',"role":' || to_json(role)::text
        || ',"v":1,"verb":' || to_json(verb)::text || '}';
END
$$;
