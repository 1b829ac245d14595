-- What a counter may do here: add one document image to a count, take none back, and ask whether a copy looks like an earlier one.
-- Law: art. 4, 11. Reads: agents_imagefingerprint. Writes: agents_documentimagecount.
-- Plan: one row by key; agents_imagefingerprint_by_mark (GIN), the few rows with a mark in common.
-- Again: CREATE OR REPLACE: the same functions; one image more.
-- Many images without a registration are the sign that documents are collected: a counter that an agent controls must not hide them.
CREATE OR REPLACE FUNCTION agents_count_document_image(staff uuid, said date, agent uuid, outlet uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO agents_documentimagecount (staff_id, day, agent_id, outlet_id, images)
    VALUES (staff, kernel_day(said), agent, outlet, 1)
        ON CONFLICT (staff_id, day) DO UPDATE SET images = agents_documentimagecount.images + 1
$$;
REVOKE ALL ON FUNCTION agents_count_document_image FROM PUBLIC;

-- Tells whether a similar copy was kept for another line: enough marks in common, as a share of the copy with more marks. No app may
-- select the marks: with the key of the indexes, which every app has, they are a coarse picture of every copy. Each call counts as one
-- document looked up.
CREATE OR REPLACE FUNCTION agents_is_duplicate_image(line uuid, given bigint[], alike double precision) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN EXISTS (
        SELECT FROM agents_imagefingerprint o
         WHERE o.line_id <> line AND o.marks && given
           AND (SELECT count(*) FROM unnest(o.marks) AS m (mark) WHERE mark = ANY (given))
               >= greatest(alike, 0.5) * greatest(cardinality(o.marks), cardinality(given)));
END
$$;
REVOKE ALL ON FUNCTION agents_is_duplicate_image FROM PUBLIC;
