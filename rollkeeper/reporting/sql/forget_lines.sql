-- Removes a line from audit samples when an erasure reduces the entry that was drawn: the sample would still connect the line with its
-- published leaf.
-- Law: art. 5 (erased means erased). Reads: the entries reduced, ledger_leaf. Writes: reporting_auditsampleline.
-- Plan: ledger_leaf by entry; a sample has twenty lines. Again: CREATE OR REPLACE: the same trigger; nothing left to forget.
CREATE OR REPLACE FUNCTION reporting_forget_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM reporting_auditsampleline s USING former f JOIN ledger_leaf l USING (entry_id)
     WHERE s.leaf_index = l.leaf_index AND s.line_id = f.line_id;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION reporting_forget_lines FROM PUBLIC;
CREATE OR REPLACE TRIGGER reporting_lines_forgotten AFTER UPDATE ON ledger_entry
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION reporting_forget_lines();
