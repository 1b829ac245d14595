-- Records that a page of the portal asks for a letter with a code, with the rights of this function's owner: the portal reads no page.
-- Law: art. 3 (a subscriber who is cut off is heard). Reads: selfcare_coderequest. Writes: selfcare_postedcode.
-- Plan: primary keys. Again: one page asks once; the worker finds out whether there is such a line.

CREATE OR REPLACE FUNCTION selfcare_request_letter(page uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO selfcare_postedcode (code_request_id, number_index, language)
    SELECT c.code_request_id, c.number_index, c.language FROM selfcare_coderequest c
     WHERE c.code_request_id = page AND c.made_at BETWEEN clock_timestamp() - interval '20 minutes' AND clock_timestamp()
    ON CONFLICT DO NOTHING
$$;
