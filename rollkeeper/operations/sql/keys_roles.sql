-- Every right in the store of keys, on one page.
-- Law: art. 5, 11. Reads: -. Writes: rights. Plan: -. Again: the same rights.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM sealer, vault, ledger;
GRANT USAGE ON SCHEMA public TO sealer, vault, ledger;
GRANT INSERT ON person_key TO sealer;
GRANT SELECT (epoch_id, public_key, public_mac, begun_at, ended_at) ON epoch TO sealer;
GRANT SELECT (key_id, public_key, public_mac, begun_at) ON offline_key TO sealer;
GRANT SELECT, INSERT, UPDATE, DELETE ON person_key, epoch, offline_key TO vault;
-- The secrets of published leaves: for the process that integrates, checks and erases; backed up with the rest of the store. A counter asks for
-- the secret of one entry, for the proof on its receipt.
GRANT SELECT, INSERT, DELETE ON ledger_secret TO ledger;
GRANT SELECT ON ledger_secret TO vault;
REVOKE ALL ON FUNCTION ledger_secret_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_secret_of TO sealer;
