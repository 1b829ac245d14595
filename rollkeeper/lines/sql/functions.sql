-- The functions that alone may begin, end and transfer tenures. They take instant and day from the ledger entry of the action, which the
-- same transaction wrote and the database dated.
-- Law: art. 2 (registering, transferring), art. 5 (the time of keeping begins where a tenure ends), art. 11.
-- Reads: ledger_entry, lines_*, subscribers_personlink. Writes: lines_line, lines_number, lines_tenure, lines_suspension,
-- lines_countertermination. Plan: primary keys. Again: CREATE OR REPLACE: the same functions.

-- Refuses an action on many lines by an app: an app acts on one line at a time.
CREATE OR REPLACE FUNCTION lines_refuse_many(line_ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(line_ids) > 1 AND kernel_is_app() THEN
        RAISE EXCEPTION 'lines_more_than_one_line_at_a_time' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION lines_require_entry(entry bigint, line uuid, verbs text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry e
         WHERE e.entry_id = entry AND e.line_id = line AND e.verb = ANY (verbs) AND e.xid = pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'lines_change_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION lines_verbs_of_registration() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY['line:tenure:registered', 'line:tenure:transferred', 'line:tenure:corrected', 'line:tenure:accepted', 'line:line:relocated'];

-- Checks every write of a tenure, by these functions or by a statement over many lines: a tenure needs an entry to end, and also to begin,
-- except in an import. It does not check the owner of the tables, who could remove the trigger.
CREATE OR REPLACE FUNCTION lines_check_tenure_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.begun_by_entry IS NOT NULL OR kernel_is_app() THEN
            PERFORM lines_require_entry(NEW.begun_by_entry, NEW.line_id, lines_verbs_of_registration());
        END IF;
        -- Only a canary's tenure has ended when it is written; its entry names no line.
        IF NOT upper_inf(NEW.held) AND NOT EXISTS (SELECT FROM ledger_entry e
            WHERE e.entry_id = NEW.ended_by_entry AND e.verb = 'vault:canary:made' AND e.xid = pg_current_xact_id())
        THEN
            RAISE EXCEPTION 'lines_tenure_that_has_ended' USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF kernel_acting_role() = 'worker' AND (isempty(NEW.held) OR lower(NEW.held) IS DISTINCT FROM lower(OLD.held)
            OR NOT upper_inf(OLD.held) AND NOT upper_inf(NEW.held) AND upper(NEW.held) IS DISTINCT FROM upper(OLD.held)
            -- An ended tenure is opened again only when a batch that ended the contract is undone.
            OR upper_inf(NEW.held) AND NOT upper_inf(OLD.held) AND NOT EXISTS (SELECT FROM ledger_entry e
                WHERE e.line_id = NEW.line_id AND e.xid = pg_current_xact_id() AND e.verb = 'line:line:restored'))
    THEN
        RAISE EXCEPTION 'lines_tenure_moved' USING ERRCODE = 'insufficient_privilege';
    ELSIF upper_inf(OLD.held) AND NOT upper_inf(NEW.held) THEN
        PERFORM lines_require_entry(NEW.ended_by_entry, NEW.line_id,
            lines_verbs_of_registration() || ARRAY['line:line:terminated', 'selfcare:case:settled', 'imports:line:undone']);
    ELSIF upper_inf(NEW.held) AND NEW.ended_by_entry IS NOT NULL THEN
        RAISE EXCEPTION 'lines_tenure_reopened_with_the_entry_of_its_end' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER lines_tenure_begun_by_entry AFTER INSERT ON lines_tenure
    FOR EACH ROW WHEN (kernel_acting_role() <> 'migrator') EXECUTE FUNCTION lines_check_tenure_entry();
CREATE OR REPLACE TRIGGER lines_tenure_ended_by_entry AFTER UPDATE OF held ON lines_tenure
    FOR EACH ROW WHEN (kernel_acting_role() <> 'migrator') EXECUTE FUNCTION lines_check_tenure_entry();

-- Counts a tenure that a worker ends by its own rights against the counters' limit, since the line goes to the person who registers next.
-- Approved batches and undone imports end many tenures, and are not counted.
CREATE OR REPLACE FUNCTION lines_count_tenure_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM lines_line l
                    WHERE l.line_id = NEW.line_id AND l.state = 'terminated' AND l.terminated_by IN ('campaign', 'import_undone')) THEN
        PERFORM lines_count_counter_termination(NEW.line_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER lines_tenure_ended_by_worker AFTER UPDATE OF held ON lines_tenure
    FOR EACH ROW WHEN (current_user = 'worker' AND upper_inf(OLD.held) AND NOT upper_inf(NEW.held))
    EXECUTE FUNCTION lines_count_tenure_ended();

-- A worker may erase what a tenure says about its registration, but may not replace it.
CREATE OR REPLACE TRIGGER lines_tenure_only_erased BEFORE UPDATE OF commitment, route, good_through, identity_check ON lines_tenure
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND (
        NEW.commitment IS NOT NULL AND NEW.commitment IS DISTINCT FROM OLD.commitment
        OR NEW.route IS NOT NULL AND NEW.route IS DISTINCT FROM OLD.route
        OR NEW.good_through IS NOT NULL AND NEW.good_through IS DISTINCT FROM OLD.good_through
        OR NEW.identity_check IS NOT NULL AND NEW.identity_check IS DISTINCT FROM OLD.identity_check
    )) EXECUTE FUNCTION kernel_refuse('lines_tenure_rewritten', 'insufficient_privilege');

-- The entry by which a tenure began is removed only together with its record.
CREATE OR REPLACE TRIGGER lines_tenure_beginning_kept BEFORE UPDATE OF begun_by_entry ON lines_tenure
    FOR EACH ROW WHEN (kernel_acting_role() IN ('worker', 'console') AND NEW.begun_by_entry IS DISTINCT FROM OLD.begun_by_entry
                       AND (NEW.begun_by_entry IS NOT NULL OR NEW.erased_on IS NULL))
    EXECUTE FUNCTION kernel_refuse('lines_tenure_begun_by_another_entry', 'insufficient_privilege');

-- Whether the ledger says that a line was terminated: without such an entry the line's record is never erased.
CREATE OR REPLACE FUNCTION lines_has_entry_of_end(line uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM ledger_entry e WHERE e.line_id = line AND e.verb IN ('line:line:terminated', 'imports:line:undone'))
        OR EXISTS (SELECT FROM lines_tenure h JOIN ledger_entry e ON e.entry_id = h.ended_by_entry
                    WHERE h.line_id = line AND e.verb = 'vault:canary:made');
END
$$;

-- Records the subscribers of lines from now on: ends the open tenure, begins the new one, removes the mark that the line must be verified
-- again, lifts a suspension for a missing registration, and no other. The entry says which check verified the identity. A line that
-- goes to another reference counts against the limit of what all counters together may end in a day, even if two references were joined,
-- because a counter can join them. The former subscriber's contact is removed, because codes for the portal go there. A new contact is
-- stored only for lines that are no telephones, since the number itself reaches the others. If the subscriber already had the line, the new
-- contact is marked 'later', and opens less.
CREATE OR REPLACE FUNCTION lines_register(
    line_ids uuid[], tenure_ids uuid[], party_kinds text[], person_ids uuid[], users uuid[], bearers uuid[], guardians uuid[],
    assurances text[], commitments text[], routes text[], accepted date[], entries bigint[], languages text[],
    registered boolean[], contacts bytea[] DEFAULT NULL, last_days date[] DEFAULT NULL
) RETURNS TABLE (line_id uuid, state text, was_restored boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz;
    today date;
    passed_on uuid[] := '{}';
BEGIN
    PERFORM lines_refuse_many(line_ids);
    PERFORM kernel_require_finite(VARIADIC accepted || last_days);
    SELECT e.at, e.day INTO instant, today FROM ledger_entry e WHERE e.entry_id = entries[1];
    IF instant IS NULL THEN
        RAISE EXCEPTION 'lines_change_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- A new line had no subscriber, which saves three statements.
    IF EXISTS (SELECT FROM lines_tenure h WHERE h.line_id = ANY (line_ids)) THEN
        passed_on := ARRAY(
            SELECT given.line
              FROM unnest(line_ids, person_ids) AS given (line, person)
             CROSS JOIN LATERAL (SELECT h.person_id FROM lines_tenure h WHERE h.line_id = given.line
                                  ORDER BY lower(h.held) DESC LIMIT 1) AS before
             WHERE before.person_id <> given.person
               AND coalesce((SELECT j.principal_id FROM subscribers_personlink j WHERE j.person_id = before.person_id), before.person_id)
                <> coalesce((SELECT j.principal_id FROM subscribers_personlink j WHERE j.person_id = given.person), given.person));
        IF kernel_acts_for_counter() OR kernel_acting_role() = 'worker' THEN
            -- Unnested as below, since the caller chooses the first index of an array.
            PERFORM lines_count_counter_termination(h.line_id)
               FROM unnest(line_ids, person_ids) AS given (line, person) JOIN lines_tenure h ON h.line_id = given.line
              WHERE upper_inf(h.held) AND h.person_id IS DISTINCT FROM given.person;
        END IF;
        UPDATE lines_tenure h SET held = tstzrange(lower(h.held), instant), ended_by_entry = given.entry, good_through = NULL
          FROM unnest(line_ids, entries) AS given (line, entry)
         WHERE h.line_id = given.line AND upper_inf(h.held);
    END IF;
    INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, user_person_id, bearer_person_id,
                              guardian_person_id, assurance, commitment, route, accepted_through, good_through, begun_by_entry, identity_check)
    SELECT given.line, tstzrange(instant, NULL), given.tenure, given.kind, given.person, given.of_user, given.bearer,
           given.guardian, given.assurance, given.commitment, given.route, given.through, given.last_day, given.entry,
           (SELECT e.body::jsonb #>> '{facts,identity_check}' FROM ledger_entry e WHERE e.entry_id = given.entry AND e.body LIKE '%"identity_check"%')
      FROM unnest(line_ids, tenure_ids, party_kinds, person_ids, users, bearers, guardians, assurances, commitments, routes,
                  accepted, last_days, entries)
        AS given (line, tenure, kind, person, of_user, bearer, guardian, assurance, commitment, route, through, last_day, entry);
    RETURN QUERY
      WITH lifted AS (
          UPDATE lines_suspension s SET restored_on = today, restored_at = instant
           WHERE s.line_id = ANY (line_ids) AND s.reason = 'registration' AND s.restored_on IS NULL
       RETURNING s.line_id
      )
      UPDATE lines_line l
         SET is_registered = given.registered, must_reverify = false, version = l.version + 1, language = coalesce(given.language, l.language),
             contact_sealed = CASE WHEN given.contact IS NOT NULL AND l.service <> ALL (lines_reached_by_number())
                                   THEN given.contact
                                   WHEN l.line_id <> ALL (passed_on) THEN l.contact_sealed END,
             contact_kind = CASE WHEN given.contact IS NOT NULL AND l.service <> ALL (lines_reached_by_number())
                                 THEN CASE WHEN EXISTS (SELECT FROM lines_tenure b
                                                         WHERE b.line_id = l.line_id AND b.begun_by_entry IS DISTINCT FROM given.entry
                                                           AND b.person_id IN (SELECT subscribers_references_of(given.person)))
                                           THEN 'later' END
                                 WHEN l.line_id <> ALL (passed_on) THEN l.contact_kind END,
             state = CASE WHEN EXISTS (SELECT FROM lines_suspension s WHERE s.line_id = l.line_id
                                          AND s.restored_on IS NULL AND s.reason <> 'registration' OFFSET 0)
                          THEN 'suspended' ELSE 'active' END
        FROM unnest(line_ids, languages, registered, contacts, person_ids, entries)
          AS given (line, language, registered, contact, person, entry)
       WHERE l.line_id = given.line
   RETURNING l.line_id, l.state, EXISTS (SELECT FROM lifted WHERE lifted.line_id = l.line_id);
EXCEPTION WHEN integrity_constraint_violation THEN
    -- Raised again without its detail, which shows the whole row with the number's index and the sealed values.
    RAISE EXCEPTION USING MESSAGE = SQLERRM, ERRCODE = SQLSTATE;
END
$$;

-- Notes how lines are paid, as entries of this transaction say that began the tenures of their lines: only together with a registration can
-- this move a line into a campaign or out of it.
CREATE OR REPLACE FUNCTION lines_note_payments(entries bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE lines_line l SET payment = said.payment
      FROM (SELECT e.line_id, e.body::jsonb -> 'facts' ->> 'payment' AS payment
              FROM ledger_entry e JOIN lines_tenure h ON h.line_id = e.line_id AND h.begun_by_entry = e.entry_id AND upper_inf(h.held)
             WHERE e.entry_id = ANY (entries) AND e.xid = pg_current_xact_id() AND e.verb = ANY (lines_verbs_of_registration())) AS said
     WHERE l.line_id = said.line_id AND said.payment IS NOT NULL
$$;

-- Returns the last day on which one line's present registration is good, and the check that verified its subscriber's identity. Each call is
-- counted, so that no app reads those of all lines. With an entry: only of the tenure that this entry began.
DROP FUNCTION IF EXISTS lines_good_through(uuid, bigint);
DROP FUNCTION IF EXISTS lines_identity_check(uuid);
CREATE OR REPLACE FUNCTION lines_registered_as(line uuid, entry bigint DEFAULT NULL) RETURNS TABLE (good_through date, identity_check text)
LANGUAGE plpgsql ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN QUERY SELECT h.good_through, h.identity_check FROM lines_tenure h
                  WHERE h.line_id = line AND upper_inf(h.held) AND (entry IS NULL OR h.begun_by_entry = entry);
END
$$;

-- How many lines in force have a registration whose last day is over.
CREATE OR REPLACE FUNCTION lines_count_past_last_day(today date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM lines_tenure h JOIN lines_line l USING (line_id)
     WHERE h.good_through < today AND upper_inf(h.held) AND l.state IN ('active', 'suspended')
$$;

-- Ends a contract because its subscriber asks: line, tenure, number into quarantine. Open suspensions stay as they are: they are history,
-- not lifted. False if the line is already over. Triggers on lines_line count what counters and workers end. The quarantine lasts at least
-- as long as the law of this instance says: with an earlier day, a counter's program could give the number to another person.
CREATE OR REPLACE FUNCTION lines_terminate(line uuid, entry bigint, until date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said record;
    terminated_index bytea;
BEGIN
    PERFORM kernel_require_finite(until);
    PERFORM lines_require_entry(entry, line, ARRAY['line:line:terminated']);
    SELECT e.at, e.day INTO said FROM ledger_entry e WHERE e.entry_id = entry;
    IF until < said.day THEN
        RAISE EXCEPTION 'lines_number_quarantined_until_the_past' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE lines_line l SET state = 'terminated', terminated_on = said.day, terminated_by = 'subscriber', version = l.version + 1
     WHERE l.line_id = line AND l.state IN ('active', 'suspended')
 RETURNING l.number_index INTO terminated_index;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE lines_number n SET quarantined_until = greatest(until, least((said.day + lines_quarantine_of(l.service))::date, '9999-12-31'))
      FROM lines_line l
     WHERE n.number_index = terminated_index AND n.line_id = line AND l.line_id = line;
    UPDATE lines_tenure h SET held = tstzrange(lower(h.held), said.at), ended_by_entry = entry
     WHERE h.line_id = line AND upper_inf(h.held);
    RETURN true;
END
$$;

-- A worker ends by its own rights contracts whose end was recorded offline at a counter. These count against the counters' limit: otherwise
-- an attacker who controls the worker could end all contracts.
CREATE OR REPLACE TRIGGER lines_by_worker_terminate BEFORE UPDATE OF state ON lines_line
    FOR EACH ROW WHEN (NEW.state = 'terminated' AND OLD.state IN ('active', 'suspended') AND NEW.terminated_by NOT IN ('campaign', 'import_undone')
                       AND (kernel_acting_role() = 'worker' OR kernel_acts_for_counter() AND kernel_acting_role() <> 'counter'))
    EXECUTE FUNCTION lines_count_counter_termination();

-- Pauses a clock for the days and the reason that the ledger's entry says.
CREATE OR REPLACE FUNCTION lines_pause_clock(line uuid, entry bigint, evidence_due date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM kernel_require_finite(evidence_due);
    PERFORM lines_require_entry(entry, line, ARRAY['line:clock:paused']);
    INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at, evidence_due_on)
    SELECT line, uuidv7(), daterange((facts ->> 'first')::date, (facts ->> 'last')::date, '[]'), facts ->> 'reason', e.at, evidence_due
      FROM ledger_entry e CROSS JOIN LATERAL (SELECT e.body::jsonb -> 'facts') AS said (facts)
     WHERE e.entry_id = entry;
END
$$;

-- Reconnects a line for the hours that the ledger's entry says, a week at most; the days that it touches do not count as days of suspension.
CREATE OR REPLACE FUNCTION lines_reconnect(line uuid, entry bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said record;
BEGIN
    PERFORM lines_require_entry(entry, line, ARRAY['line:line:reconnected']);
    SELECT e.at, e.day, (facts ->> 'last')::date AS last, make_interval(hours => least((facts ->> 'hours')::integer, 168)) AS hours INTO said
      FROM ledger_entry e CROSS JOIN LATERAL (SELECT e.body::jsonb -> 'facts') AS fact (facts) WHERE e.entry_id = entry;
    INSERT INTO lines_reconnection (line_id, reconnected_at, ends_at) VALUES (line, said.at, said.at + said.hours);
    INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at)
    VALUES (line, uuidv7(), daterange(said.day, least(said.last, said.day + 8), '[]'), 'temporary_reconnection', said.at);
END
$$;

-- Whether the pauses of a line lack a day that the ledger says was granted: an open pause lasts until an entry ends the pauses of its reason.
CREATE OR REPLACE FUNCTION lines_pauses_contradict_ledger(line uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH said AS (
        SELECT e.entry_id, e.verb, (e.body::jsonb #>> '{facts,first}')::date AS first, (e.body::jsonb #>> '{facts,last}')::date AS last,
               e.body::jsonb #>> '{facts,reason}' AS reason
          FROM ledger_entry e
         WHERE e.line_id = line AND e.verb IN ('line:clock:paused', 'line:clock:resumed') AND e.body LIKE '{%"facts":{%'
    ), granted AS (
        SELECT daterange(p.first, coalesce(p.last, (
                   SELECT greatest(r.last, p.first) FROM said r
                    WHERE r.verb = 'line:clock:resumed' AND r.reason = p.reason AND r.entry_id > p.entry_id
                    ORDER BY r.entry_id LIMIT 1)), '[]') AS days
          FROM said p WHERE p.verb = 'line:clock:paused'
    )
    SELECT EXISTS (
        SELECT FROM granted g
         WHERE NOT coalesce((SELECT range_agg(k.days) FROM lines_pause k WHERE k.line_id = line) @> g.days, false)
    )
$$;

-- Lifts one reason of a suspension and leaves the others; counters lift only a missing registration. The remaining reasons give the state.
CREATE OR REPLACE FUNCTION lines_restore(line uuid, lifted text, on_day date, said_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE lines_suspension s SET restored_on = kernel_day(on_day), restored_at = kernel_instant(said_at)
     WHERE s.line_id = line AND s.reason = lifted AND s.restored_on IS NULL;
    IF NOT FOUND THEN  -- otherwise each call would raise the line's version, and so take the line out of every batch
        RAISE EXCEPTION 'lines_restored_without_a_suspension' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE lines_line l
       SET version = l.version + 1,
           state = CASE WHEN EXISTS (SELECT FROM lines_suspension s WHERE s.line_id = l.line_id AND s.restored_on IS NULL)
                        THEN 'suspended' ELSE 'active' END
     WHERE l.line_id = line AND l.state IN ('active', 'suspended');
END
$$;

-- Marks a line's last suspension for a missing registration, with all its steps, as wrongful, unless it was lifted before a day.
-- With a moment: the last suspension that began before it.
DROP FUNCTION IF EXISTS lines_mark_wrongful(uuid, date);
CREATE OR REPLACE FUNCTION lines_mark_wrongful(line uuid, since date, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE lines_suspension s SET was_wrongful = true
      FROM (SELECT restored_at FROM lines_suspension
             WHERE line_id = line AND reason = 'registration' AND begun_at < coalesce(until, 'infinity') ORDER BY begun_at DESC LIMIT 1) last
     WHERE s.line_id = line AND s.reason = 'registration' AND s.restored_at IS NOT DISTINCT FROM last.restored_at
       AND (s.restored_on IS NULL OR s.restored_on >= since)
$$;

-- Marks a line as disputed or as essential, or removes such a mark, as the entry says. An essential line is in no batch, and no one reads a
-- notice there: when a counter removes that mark, it counts against the limit of contracts that counters may end in a day.
CREATE OR REPLACE FUNCTION lines_mark(line uuid, entry bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said record;
BEGIN
    PERFORM lines_require_entry(entry, line, ARRAY['line:line:disputed', 'line:line:dispute_settled', 'line:line:marked_essential']);
    SELECT e.verb, (e.body::jsonb #>> '{facts,essential}')::boolean AS essential INTO said FROM ledger_entry e WHERE e.entry_id = entry;
    IF kernel_acts_for_counter() AND NOT said.essential AND EXISTS (SELECT FROM lines_line l WHERE l.line_id = line AND l.is_essential) THEN
        PERFORM lines_count_counter_termination(line);
    END IF;
    UPDATE lines_line l
       SET version = l.version + 1, is_essential = coalesce(said.essential, l.is_essential),
           is_disputed = CASE said.verb WHEN 'line:line:disputed' THEN true WHEN 'line:line:dispute_settled' THEN false
                                        ELSE l.is_disputed END
     WHERE l.line_id = line;
END
$$;
