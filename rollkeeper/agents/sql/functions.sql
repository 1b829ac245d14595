-- What a counter does to the counts of agents: it adds one document image, and takes none back.
-- Law: art. 4. Reads: -. Writes: agents_documentimagecount. Plan: one row by key. Again: CREATE OR REPLACE: the same function; one more.
-- Many images without a registration are the sign that documents are collected: a counter that an agent controls must not hide them.
CREATE OR REPLACE FUNCTION agents_count_document_image(staff uuid, said date, agent uuid, outlet uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO agents_documentimagecount (staff_id, day, agent_id, outlet_id, images)
    VALUES (staff, kernel_day(said), agent, outlet, 1)
        ON CONFLICT (staff_id, day) DO UPDATE SET images = agents_documentimagecount.images + 1
$$;
REVOKE ALL ON FUNCTION agents_count_document_image FROM PUBLIC;
