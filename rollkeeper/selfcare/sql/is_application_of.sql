-- Tells whether a waiting application is of this document and this name, by its hashes. An app that could read the hashes and has the key
-- of the indexes could try every document by itself. A call is counted like a lookup of a document.
-- Law: art. 5, 11 (no one can access everyone). Reads: selfcare_application. Writes: -.
-- Plan: selfcare_application_pending_twice_for_one_line. Again: CREATE OR REPLACE: the same function; a comparison counts again.
CREATE OR REPLACE FUNCTION selfcare_is_application_of(line uuid, application uuid, document bytea, name bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN EXISTS (SELECT FROM selfcare_application a WHERE a.line_id = line AND a.application_id = application
                      AND a.state = 'pending' AND a.document_mark = document AND a.name_mark = name);
END
$$;
