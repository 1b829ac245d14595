-- Refuses to the counter's role every entry outside its own packages: no approvals, deliveries or rights. Of accounts it says who signed in there.
-- Law: art. 11. Reads: -. Writes: a trigger on ledger_entry. Plan: fires for the counter's role alone.
-- Again: CREATE OR REPLACE: the same trigger.
CREATE OR REPLACE FUNCTION ledger_refuse_counter_role() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger_entry_not_allowed_for_counter' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER ledger_counter_role BEFORE INSERT ON ledger_entry
    FOR EACH ROW WHEN (
        current_user = 'counter' AND split_part(NEW.verb, ':', 1) NOT IN ('line', 'agents', 'selfcare', 'offline', 'vault')
        AND NEW.verb NOT IN ('access:sign_in:attempted', 'access:session:ended')
    ) EXECUTE FUNCTION ledger_refuse_counter_role();
