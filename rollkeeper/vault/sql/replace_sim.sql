-- Replaces the recorded values of a line's former SIM by those of the new one.
-- Law: art. 2 (a true record), 5 (what a case holds waits). Reads: lines_tenure, lines_legalhold, ledger_entry. Writes: vault_sealed.
-- Plan: primary keys, ledger_entry_by_commit. Again: refused or the same rows.
-- For roles that seal and cannot delete. It changes only these two attributes of a line's present subscriber, in the transaction that
-- enters the new SIM; the subscriber is notified. While a case holds the line, and once the counter has replaced as many SIMs in a day as
-- the settings allow, the former values are kept: as `iccid:7`, where 7 is the entry of the SIM that followed. The next replacement
-- without such a reason removes them, as does the end of the record.
-- A sequence counts the replacements of a day, as with lookups (kernel/sql/count_of_day.sql): no rollback takes a count back.
CREATE SEQUENCE IF NOT EXISTS vault_sims_replaced AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS vault_sims_replaced_since AS bigint MINVALUE 0 START 0;
SELECT setval('vault_sims_replaced', 0) FROM vault_sims_replaced WHERE last_value >= 1000000000000 OR NOT is_called; -- as an earlier version counted

CREATE OR REPLACE FUNCTION vault_is_past_sim_limit() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN kernel_acts_for_counter()
       AND NOT kernel_count_in_day('vault_sims_replaced', 'vault_sims_replaced_since', vault_sims_replaced_per_day());
END
$$;
REVOKE ALL ON FUNCTION vault_is_past_sim_limit FROM PUBLIC;

CREATE OR REPLACE FUNCTION vault_replace_sim(person uuid, tenure uuid, fields text[], ciphertexts bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry bigint;
    line uuid;
    entered_on date;
BEGIN
    -- Reads only the transaction's own entries: so it does not tell how many a line has either.
    SELECT e.entry_id, e.line_id, e.day INTO entry, line, entered_on
      FROM (SELECT o.* FROM ledger_entry o WHERE o.xid = pg_current_xact_id() AND o.verb = 'line:sim:replaced' OFFSET 0) AS e
     WHERE EXISTS (SELECT FROM lines_tenure h WHERE h.line_id = e.line_id AND h.tenure_id = tenure AND h.person_id = person AND upper_inf(h.held))
     ORDER BY e.entry_id DESC LIMIT 1;
    IF entry IS NULL OR NOT fields <@ ARRAY['iccid', 'imsi'] THEN
        RAISE EXCEPTION 'vault_sealed_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT FROM vault_sealed v WHERE v.person_id = person AND v.tenure_id = tenure AND v.field ~ '^(iccid|imsi)(:|$)') THEN
        -- The limit first: the effect, and a statement's plan, tell whether the line is held. Past the limit no hold is read.
        IF vault_is_past_sim_limit() OR EXISTS (SELECT FROM lines_legalhold l WHERE l.line_id = line AND l.days @> kernel_day(entered_on)) THEN
            UPDATE vault_sealed v SET field = v.field || ':' || entry
             WHERE v.person_id = person AND v.tenure_id = tenure AND v.field IN ('iccid', 'imsi');
        ELSE
            DELETE FROM vault_sealed v
             WHERE v.person_id = person AND v.tenure_id = tenure AND v.field ~ '^(iccid|imsi)(:|$)';
        END IF;
    END IF;
    INSERT INTO vault_sealed (person_id, tenure_id, field, ciphertext)
    SELECT person, tenure, made.field, made.ciphertext FROM unnest(fields, ciphertexts) AS made (field, ciphertext);
END
$$;
REVOKE ALL ON FUNCTION vault_replace_sim FROM PUBLIC;
