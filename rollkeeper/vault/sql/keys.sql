-- Makes the store of keys: epochs, one wrapped key a person and tenure, and the keys to which browsers seal offline registrations.
-- Law: art. 5, 11. Reads: -. Writes: epoch, person_key, offline_key. Plan: -. Again: nothing.
-- secret_wrapped: the epoch's secret under the root of trust; NULL once the epoch is destroyed.
-- public_mac: the signature that says that this instance made the public half; a sealer refuses a half without it. The column's name comes
-- from an earlier MAC and stays, since older backups have it.
-- wrapped: drawn in rollkeeper/vault/__init__.py.
-- The trigger refuses keys for an ended epoch: a process that read its public half before the end and seals after it would lose the
-- person. While a rotation ends an epoch, it holds a lock against inserts.

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
    tenure_id uuid NOT NULL,
    epoch_id integer NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (person_id, tenure_id)
);
CREATE TABLE IF NOT EXISTS offline_key (
    key_id integer PRIMARY KEY,
    public_key bytea NOT NULL,
    public_mac bytea NOT NULL,
    secret_wrapped bytea,
    begun_at timestamptz NOT NULL
);

CREATE OR REPLACE FUNCTION refuse_ended_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT epoch_id FROM fresh) AS used
        LEFT JOIN epoch USING (epoch_id)
        WHERE epoch.epoch_id IS NULL OR epoch.ended_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'this epoch has ended' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER person_key_in_ended_epoch AFTER INSERT ON person_key
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_ended_epoch();
