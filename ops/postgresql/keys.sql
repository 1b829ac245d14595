-- Makes the roles and the database of the keys on another PostgreSQL 18 of your own: never the server of the register.
--   psql -v ON_ERROR_STOP=1 -f ops/postgresql/keys.sql
\set ECHO none
\getenv migrator KEYS_MIGRATOR
\getenv sealer KEYS_SEALER
\getenv vault KEYS_VAULT
\getenv ledger KEYS_LEDGER
SET password_encryption = 'scram-sha-256';
SET log_statement = 'none';
SET log_min_duration_statement = -1;
CREATE ROLE migrator LOGIN NOSUPERUSER PASSWORD :'migrator';
CREATE ROLE sealer LOGIN NOSUPERUSER PASSWORD :'sealer';
CREATE ROLE vault LOGIN NOSUPERUSER PASSWORD :'vault';
CREATE ROLE ledger LOGIN NOSUPERUSER PASSWORD :'ledger';
CREATE DATABASE rollkeeper_keys OWNER migrator TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
\connect rollkeeper_keys
CREATE EXTENSION amcheck;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO migrator;
