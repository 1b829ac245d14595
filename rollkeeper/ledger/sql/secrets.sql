-- Makes the table of the secrets that open published leaves, in the store of keys.
-- Law: art. 5, 11. Reads: -. Writes: ledger_secret. Plan: -. Again: nothing.
-- secret: 32 random bytes of one entry, drawn when it is integrated and destroyed when it is erased (`ledger.leaves`). It is not
-- wrapped: by itself it opens nothing, since the fields that it salts are in the register alone.
-- A counter reads the secret of one entry at a time, to put the proof on a receipt.

CREATE TABLE IF NOT EXISTS ledger_secret (
    entry_id bigint PRIMARY KEY,
    secret bytea NOT NULL,
    CONSTRAINT ledger_secret_length CHECK (length(secret) = 32)
);
CREATE OR REPLACE FUNCTION ledger_secret_of(entry bigint) RETURNS bytea
LANGUAGE sql SECURITY DEFINER STABLE SET search_path = public, pg_temp
RETURN (SELECT secret FROM ledger_secret WHERE entry_id = entry);
