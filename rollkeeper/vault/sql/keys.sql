-- Makes the store of keys: epochs and one wrapped key a person and holding.
-- Law: art. 5, 11. Reads: -. Writes: epoch, person_key. Plan: -. Again: nothing.
-- secret_wrapped: the epoch's secret under the root of trust; NULL once the epoch is destroyed.
-- public_mac: says that this home made the public half; a sealer refuses one without it.
-- wrapped: drawn in rollkeeper/vault/__init__.py.

CREATE TABLE IF NOT EXISTS epoch (
    epoch_id integer PRIMARY KEY,
    public_key bytea NOT NULL,
    public_mac bytea NOT NULL,
    secret_wrapped bytea,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT epoch_lives_without_its_secret CHECK (secret_wrapped IS NOT NULL OR ended_at IS NOT NULL)
);
CREATE TABLE IF NOT EXISTS person_key (
    person_id uuid NOT NULL,
    holding_id uuid NOT NULL,
    epoch_id integer NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (person_id, holding_id)
);
