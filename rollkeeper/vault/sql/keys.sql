-- Makes the store of keys: epochs and one wrapped key a person and holding.
-- Law: art. 5, 11. Reads: -. Writes: epoch, person_key. Plan: -. Again: nothing.

CREATE TABLE IF NOT EXISTS epoch (
    epoch_id integer PRIMARY KEY,
    public_key bytea NOT NULL,
    private_key_sealed bytea,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE TABLE IF NOT EXISTS person_key (
    person_id uuid NOT NULL,
    holding_id uuid NOT NULL,
    epoch_id integer NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (person_id, holding_id)
);
