-- Puts what is recorded of a line's SIM in place of what was recorded of the one before.
-- Law: art. 2 (a true record). Reads: lines_tenure, ledger_entry. Writes: vault_sealed. Plan: primary keys, ledger_entry_by_commit.
-- Again: the same rows. For roles that seal and cannot delete: it touches nothing but these two attributes of the record of a line's
-- present subscriber, in the transaction that enters the new SIM (whose subscriber is told).
CREATE OR REPLACE FUNCTION vault_replace_sim(person uuid, tenure uuid, fields text[], ciphertexts bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM lines_tenure h JOIN ledger_entry e ON e.line_id = h.line_id
         WHERE h.tenure_id = tenure AND h.person_id = person AND upper_inf(h.held)
           AND e.xid = pg_current_xact_id() AND e.verb = 'line:sim:replaced'
    ) OR NOT fields <@ ARRAY['iccid', 'imsi'] THEN
        RAISE EXCEPTION 'vault_sealed_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM vault_sealed v WHERE v.person_id = person AND v.tenure_id = tenure AND v.field IN ('iccid', 'imsi');
    INSERT INTO vault_sealed (person_id, tenure_id, field, ciphertext)
    SELECT person, tenure, made.field, made.ciphertext FROM unnest(fields, ciphertexts) AS made (field, ciphertext);
END
$$;
REVOKE ALL ON FUNCTION vault_replace_sim FROM PUBLIC;
