-- Makes the table of the secrets that open published leaves, in the store of keys.
-- Law: art. 5, 11. Reads: two sequences. Writes: ledger_secret, the same. Plan: -. Again: nothing.
-- secret: 32 random bytes of one entry, drawn when it is integrated and destroyed when it is erased (`ledger.leaves`). It is not
-- wrapped: by itself it opens nothing, since the fields that it salts are in the register alone.
-- A counter reads the secret of one entry at a time, to put the proof on a receipt.

CREATE TABLE IF NOT EXISTS ledger_secret (
    entry_id bigint PRIMARY KEY,
    secret bytea NOT NULL,
    CONSTRAINT ledger_secret_length CHECK (length(secret) = 32)
);
-- A process that has the secret can test guesses of an entry that it may not read against the published leaf. So apps get a thousand
-- secrets a day, and no rollback takes the count back; beyond that a counter hands out signed entries.
CREATE SEQUENCE IF NOT EXISTS ledger_secrets_given AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS ledger_secrets_given_since AS bigint MINVALUE 0 START 0;
SELECT setval('ledger_secrets_given', 0) FROM ledger_secrets_given WHERE last_value >= 1000000000000 OR NOT is_called; -- as an earlier version counted
CREATE OR REPLACE FUNCTION ledger_secret_of(entry bigint) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT kernel_count_in_day('ledger_secrets_given', 'ledger_secrets_given_since', 1000) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT s.secret FROM ledger_secret s WHERE s.entry_id = entry);
END
$$;
