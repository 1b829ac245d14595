-- Reduces the bodies of erased entries to what reports count by, and refuses every other change of an entry.
-- Law: art. 5 (erased means erased), 11 (who acted must stay visible).
-- Reads: retention_erasure, lines_tenure, vault_sealed, ledger_leaf, its arguments. Writes: ledger_entry; three functions and two triggers are made.
-- Plan: one primary key an entry. Again: CREATE OR REPLACE: the same functions; an entry is reduced once.
-- What stays: verb, day, pack, article, role, the facts that reports count by (`ledger_kept_facts`), and `check`, the number in
-- the letters of its receipt's code. What goes: line, person, actor, instant and every other fact. The published leaf stays, and
-- nothing opens it: its secret in the store of keys is destroyed before. Only an entry of a record whose erasure was
-- begun and is not done is reduced.

CREATE OR REPLACE FUNCTION ledger_reduced_body(body text, verb text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
    said CONSTANT jsonb := body::jsonb;
    fact text;
    facts text := '';
BEGIN
    FOREACH fact IN ARRAY ledger_kept_facts(verb) LOOP
        IF said #> ARRAY['facts', fact] IS NOT NULL THEN
            facts := facts || ',"' || fact || '":' || (said #> ARRAY['facts', fact])::text;
        END IF;
    END LOOP;
    RETURN '{' || CASE WHEN said ? 'article' THEN '"article":' || (said -> 'article')::text || ',' ELSE '' END
        || '"check":' || (('x' || left(encode(sha256('\x00'::bytea || convert_to(body, 'UTF8')), 'hex'), 8))::bit(32)::bigint >> 2)
        || ',"day":' || (said -> 'day')::text || ',"erased":true'
        || CASE WHEN facts = '' THEN '' ELSE ',"facts":{' || substr(facts, 2) || '}' END
        || CASE WHEN said ? 'pack' THEN ',"pack":' || (said -> 'pack')::text ELSE '' END
        || ',"role":' || (said -> 'role')::text || ',"v":1,"verb":"' || verb || '"}';
END
$$;

-- Reduces those of the given entries that belong to an erasure of records under way; returns how many. Only the worker may call it. It
-- reduces only what `retention/sql/entries_to_erase.sql` finds: otherwise an erasure of copies, of a past tenure, or of one of a person's
-- records could hide who accessed the rest. A registration that is made while the erasure runs prevents nothing.
CREATE OR REPLACE FUNCTION ledger_reduce_entries(entries bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reduced bigint;
    begun timestamptz;
    going uuid[];
    under_way uuid[];
BEGIN
    SELECT max(r.begun_at), array_agg(DISTINCT h.tenure_id), array_agg(DISTINCT who.person_id)
      INTO begun, going, under_way
      FROM retention_erasure r JOIN lines_tenure h ON h.line_id = r.line_id AND (r.tenure_id IS NULL OR r.tenure_id = h.tenure_id)
     CROSS JOIN LATERAL unnest(ARRAY[h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id]) AS who (person_id)
     WHERE r.done_at IS NULL AND r.ground <> 'copy_over';
    PERFORM set_config('rollkeeper.reducing', 'on', true);
    UPDATE ledger_entry AS e
       SET at = e.day::timestamp AT TIME ZONE 'UTC', line_id = NULL, person_id = NULL, staff_id = NULL,
           body = ledger_reduced_body(e.body, e.verb)
     WHERE e.entry_id = ANY (entries) AND e.verb <> 'line:record:erased'
       AND EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.entry_id)
       AND (EXISTS (SELECT FROM retention_erasure r LEFT JOIN lines_tenure h ON h.line_id = r.line_id AND h.tenure_id = r.tenure_id
                     WHERE r.line_id = e.line_id AND r.done_at IS NULL AND r.ground <> 'copy_over'
                       AND (r.tenure_id IS NULL OR e.at < upper(h.held)
                            OR (e.verb = 'line:tenure:relinquished' AND e.at < upper(h.held) + interval '1 minute')
                            OR (e.person_id IN (h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id)
                                AND NOT EXISTS (SELECT FROM lines_tenure n
                                                 WHERE n.line_id = r.line_id AND lower(n.held) >= upper(h.held) AND n.erased_on IS NULL
                                                   AND lower(n.held) < r.begun_at
                                                   AND e.person_id IN (n.person_id, n.user_person_id, n.bearer_person_id,
                                                                       n.guardian_person_id)))))
            OR (e.line_id IS NULL AND e.person_id = ANY (under_way)
                AND NOT EXISTS (SELECT FROM lines_tenure n
                                 WHERE n.person_id = e.person_id AND n.erased_on IS NULL AND n.tenure_id <> ALL (going)
                                   AND lower(n.held) < begun)
                AND NOT EXISTS (SELECT FROM vault_sealed v
                                 WHERE v.person_id = e.person_id AND v.tenure_id <> ALL (going)
                                   AND NOT EXISTS (SELECT FROM lines_tenure n WHERE n.person_id = e.person_id
                                                      AND n.tenure_id = v.tenure_id AND lower(n.held) >= begun))));
    GET DIAGNOSTICS reduced = ROW_COUNT;
    PERFORM set_config('rollkeeper.reducing', 'off', true);
    RETURN reduced;
END
$$;

CREATE OR REPLACE FUNCTION ledger_refuse_update() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('rollkeeper.reducing', true), '') <> 'on' THEN
        RAISE EXCEPTION 'UPDATE of ledger_entry is refused: the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER ledger_entry_refuse_update BEFORE UPDATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_update();

-- A role that may update, and says that it reduces, can do nothing but reduce.
CREATE OR REPLACE FUNCTION ledger_only_reduce() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.entry_id = OLD.entry_id AND NEW.xid = OLD.xid AND NEW.verb = OLD.verb AND NEW.day = OLD.day
        AND NEW.at = OLD.day::timestamp AT TIME ZONE 'UTC' AND NEW.body = ledger_reduced_body(OLD.body, OLD.verb)
        AND num_nulls(NEW.line_id, NEW.person_id, NEW.staff_id) = 3) IS NOT TRUE
    THEN
        RAISE EXCEPTION 'UPDATE of ledger_entry is refused: the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER ledger_entry_only_reduce BEFORE UPDATE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_only_reduce();
