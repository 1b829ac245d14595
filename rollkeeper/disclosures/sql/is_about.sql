-- Tells whether a disclosure request is about the number with this mark. No app may read the mark itself: with the key of the indexes it
-- could try every number. Each call counts as one number looked up.
-- Law: art. 5, 11 (no one can access everyone). Reads: disclosures_request. Writes: -. Plan: primary key.
-- Again: CREATE OR REPLACE: the same function; a comparison counts again.
CREATE OR REPLACE FUNCTION disclosures_is_about(disclosure uuid, mark bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN EXISTS (SELECT FROM disclosures_request d WHERE d.disclosure_id = disclosure AND d.number_mark = mark);
END
$$;
