-- Removes a document recorded for a person by mistake, with the rights of this function's owner: the counter's role may delete no
-- document. The last one that leads to a person stays, so that the person is not lost.
-- Law: art. 2 (a mistyped number belongs to another person). Reads: subscribers_document, subscribers_subscriber, ledger_entry.
-- Writes: subscribers_document.
-- Plan: subscribers_document_pkey, subscribers_document_by_person, subscribers_subscriber_pkey. Again: CREATE OR REPLACE: the same function.
-- A call by an app counts like a lookup of a document, since the answer tells whether the document is theirs. It needs the ledger entry
-- that says so.

CREATE OR REPLACE FUNCTION subscribers_unlink_document(shown bytea, whose uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    IF kernel_acting_role() <> 'migrator' AND NOT EXISTS (
        SELECT FROM ledger_entry e WHERE e.verb = 'line:document:unlinked' AND e.xid = pg_current_xact_id()
           AND e.person_id IN (SELECT subscribers_references_of(whose))
    ) THEN
        RAISE EXCEPTION 'subscribers_document_unlinked_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Locks the person: if two of their documents were removed at the same instant, each would count the other as the one that stays.
    PERFORM FROM subscribers_subscriber s WHERE s.person_id = whose FOR NO KEY UPDATE;
    DELETE FROM subscribers_document d
     WHERE d.document_index = shown AND d.person_id = whose
       AND EXISTS (SELECT FROM subscribers_document other
                    WHERE other.person_id = whose AND other.document_index <> shown AND other.until IS NULL);
    RETURN FOUND;
END
$$;
