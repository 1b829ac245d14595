-- Removes a document recorded for a person by mistake, with the rights of this function's owner: the counter's role may delete
-- none. The last one that leads to a person stays, so that the person is not lost.
-- Law: art. 2 (a mistyped number belongs to another person). Reads: subscribers_document. Writes: the same.
-- Plan: subscribers_document_pkey, subscribers_document_by_person. Again: no.

CREATE OR REPLACE FUNCTION subscribers_unlink_document(shown bytea, whose uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM subscribers_document d
     WHERE d.document_index = shown AND d.person_id = whose
       AND EXISTS (SELECT FROM subscribers_document other
                    WHERE other.person_id = whose AND other.document_index <> shown AND other.until IS NULL);
    RETURN FOUND;
END
$$;
