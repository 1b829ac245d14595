-- Records in the ledger that one attribute is opened, if the limits allow it, and returns the sealed value.
-- Law: art. 5, 11 (access is recorded, and no one can access everyone). Reads: ledger_entry, vault_sealed.
-- Writes: ledger_entry. Plan: ledger_entry_opened_by_staff, one row for each opening by staff in 24 hours; one primary key.
-- Again: another entry, since it is another opening.
-- One call instead of six, and one transaction: called outside a transaction, it returns only when the entry is on disk. Each
-- statement in here sees what was committed when it began, so the count is taken after the lock; in one plain statement it would
-- be taken before. Staff openings run one after another, since they share a limit. `staff` is NULL for the register itself and
-- for a subscriber, who have no account. It runs as the owner, whose entries are not checked against their schema again: here
-- the schema makes the body. Only the role `vault` may call it (`operations/sql/roles.sql`).

CREATE OR REPLACE FUNCTION vault_note_opening(
    person uuid, tenure uuid, attribute text, line uuid, staff uuid, most bigint, most_of_all bigint, since timestamptz,
    instant timestamptz, plain_day date, what text, role text, actor text, commitment text, facts jsonb,
    OUT is_noted boolean, OUT by_one bigint, OUT by_all bigint, OUT sealed bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    by_one := 0;
    by_all := 0;
    IF staff IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('vault:sealed:opened', 0));
        SELECT count(*) FILTER (WHERE e.staff_id = staff), count(*) INTO by_one, by_all FROM ledger_entry e
         WHERE e.staff_id IS NOT NULL AND e.verb = 'vault:sealed:opened' AND e.at > since;
    END IF;
    is_noted := staff IS NULL OR (by_one < most AND by_all < most_of_all);
    IF is_noted THEN
        INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
        VALUES (instant, plain_day, what, line, person, staff,
                ledger_body(what, instant, plain_day, role, actor, NULL, NULL, line, commitment, facts));
        SELECT v.ciphertext INTO sealed FROM vault_sealed v
         WHERE v.person_id = person AND v.tenure_id = tenure AND v.field = attribute;
    END IF;
END
$$;
