-- What the apps may do to documents and to the people they lead to: find or add a document, mark it as replaced, join two references.
-- Law: art. 2 (one document, one person), art. 11 (no one can access everyone). Reads: subscribers_document, ledger_entry.
-- Writes: subscribers_document, subscribers_subscriber, subscribers_personlink. Plan: primary keys; subscribers_document_by_person.
-- Again: CREATE OR REPLACE: the same functions.

-- Finds people by the indexes of documents that are on the counter, each counted (access/sql/functions.sql). `locking`: the people found
-- are not erased before the transaction ends.
CREATE OR REPLACE FUNCTION subscribers_find_documents(indexes bytea[], locking boolean)
RETURNS TABLE (document_index bytea, person_id uuid, until date)
LANGUAGE plpgsql ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM access_count_lookups(cardinality(indexes));
    IF locking THEN
        RETURN QUERY SELECT d.document_index, d.person_id, d.until FROM subscribers_document d
                      WHERE d.document_index = ANY (indexes) ORDER BY d.document_index FOR KEY SHARE;
    ELSE
        RETURN QUERY SELECT d.document_index, d.person_id, d.until FROM subscribers_document d WHERE d.document_index = ANY (indexes);
    END IF;
END
$$;

-- Records documents not shown before; a concurrent second writer waits and then gets no row.
CREATE OR REPLACE FUNCTION subscribers_add_documents(indexes bytea[], persons uuid[], types text[], on_day date) RETURNS SETOF bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM access_count_lookups(cardinality(indexes));
    RETURN QUERY
      INSERT INTO subscribers_document (document_index, person_id, document_type, since)
      SELECT shown.document_index, shown.person_id, shown.document_type, kernel_day(on_day)
        FROM unnest(indexes, persons, types) AS shown (document_index, person_id, document_type)
       ORDER BY shown.document_index
          ON CONFLICT (document_index) DO NOTHING
      RETURNING document_index;
END
$$;

-- Makes references to people; none is under protection.
CREATE OR REPLACE FUNCTION subscribers_make(persons uuid[], kinds text[], languages text[], on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO subscribers_subscriber (person_id, kind, language, is_protected, made_on)
    SELECT made.person_id, made.kind, made.language, false, kernel_day(on_day)
      FROM unnest(persons, kinds, languages) AS made (person_id, kind, language);
END
$$;

-- Protects a person for all their documents. Only a command ends protection, with the console's own right.
CREATE OR REPLACE FUNCTION subscribers_protect(whose uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE subscribers_subscriber SET is_protected = true
     WHERE person_id IN (SELECT subscribers_references_of(whose)) AND NOT is_protected;
END
$$;

-- Marks a document as replaced by a newer one of its person: it still leads to them, but proves nothing any more. Or, if that was a
-- mistake, makes it valid again. It changes one document, and the caller must know its index.
CREATE OR REPLACE FUNCTION subscribers_replace_document(shown bytea, whose uuid, on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    UPDATE subscribers_document SET until = CASE WHEN on_day IS NOT NULL THEN kernel_day(on_day) END
     WHERE document_index = shown AND person_id = whose AND (until IS NULL) = (on_day IS NOT NULL);
END
$$;

-- Locks the documents of people who may be erased, in one order, waiting for transactions that refer to them.
CREATE OR REPLACE FUNCTION subscribers_lock_documents(persons uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM subscribers_document WHERE person_id = ANY (persons) ORDER BY document_index FOR UPDATE;
END
$$;

-- Notes that two references are one person. This needs a ledger entry that says so, which the same transaction wrote for a line of one of
-- them; each entry serves once. An app also needs a document of each, and these are counted. Otherwise an attacker who controls a counter
-- could join everyone to one person, who would then have too many lines, or could use a stranger's document as the proof of any identity.
DROP FUNCTION IF EXISTS subscribers_link(uuid, uuid, date, bigint);
CREATE OR REPLACE FUNCTION subscribers_link(stays uuid, goes uuid, on_day date, entry bigint, shown bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(cardinality(shown));
    IF kernel_acting_role() <> 'migrator' AND NOT EXISTS (
        SELECT FROM ledger_entry e JOIN subscribers_references_of(e.person_id) AS one (person_id) ON one.person_id IN (stays, goes)
         WHERE e.entry_id = entry AND e.verb = 'line:document:linked' AND e.xid = pg_current_xact_id()
           AND NOT EXISTS (SELECT FROM subscribers_personlink j WHERE j.entry_id = entry)
    ) THEN
        RAISE EXCEPTION 'subscribers_joined_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF kernel_is_app() AND (SELECT count(DISTINCT side.whose) FROM (VALUES (stays), (goes)) AS side (whose)
                             CROSS JOIN LATERAL subscribers_references_of(side.whose) AS one (person_id)
                              JOIN subscribers_document d USING (person_id)
                             WHERE d.document_index = ANY (shown)) < 2
    THEN
        RAISE EXCEPTION 'subscribers_joined_without_their_documents' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE subscribers_personlink SET principal_id = stays WHERE principal_id = goes;
    INSERT INTO subscribers_personlink (person_id, principal_id, since, entry_id) VALUES (goes, stays, kernel_day(on_day), entry);
END
$$;

-- Separates one reference from the others of the same person, to which subscribers_link joined it; needs the ledger entry that says so.
CREATE OR REPLACE FUNCTION subscribers_unlink(whose uuid, entry bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    next_id uuid;
    parted boolean;
BEGIN
    IF kernel_acting_role() <> 'migrator' AND NOT EXISTS (
        SELECT FROM ledger_entry e WHERE e.entry_id = entry AND e.verb = 'line:document:unlinked' AND e.xid = pg_current_xact_id()
           AND e.person_id IN (SELECT subscribers_references_of(whose))
    ) THEN
        RAISE EXCEPTION 'subscribers_parted_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT min(person_id::text)::uuid INTO next_id FROM subscribers_personlink WHERE principal_id = whose;
    DELETE FROM subscribers_personlink WHERE person_id = whose OR person_id = next_id;
    parted := FOUND;
    UPDATE subscribers_personlink SET principal_id = next_id WHERE principal_id = whose AND person_id <> next_id;
    RETURN parted;
END
$$;
