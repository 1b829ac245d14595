-- Every right in the store of keys, on one page.
-- Law: art. 5, 11. Reads: -. Writes: rights. Plan: -. Again: the same rights.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM sealer, vault;
GRANT USAGE ON SCHEMA public TO sealer, vault;
GRANT INSERT ON person_key TO sealer;
GRANT SELECT (epoch_id, public_key, public_mac, begun_at, ended_at) ON epoch TO sealer;
GRANT SELECT (key_id, public_key, public_mac, begun_at) ON offline_key TO sealer;
GRANT SELECT, INSERT, UPDATE, DELETE ON person_key, epoch, offline_key TO vault;
