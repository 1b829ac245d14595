-- Makes the roles and the database of the register on a PostgreSQL 18 of your own. Run by its superuser, with psql, once:
--   psql -v ON_ERROR_STOP=1 -f ops/postgresql/register.sql
-- It takes the passwords from the environment (passwords.sh makes them), so that none is in a file, in the history or in a log.
\set ECHO none
\getenv migrator REGISTER_MIGRATOR
\getenv counter REGISTER_COUNTER
\getenv backoffice REGISTER_BACKOFFICE
\getenv portal REGISTER_PORTAL
\getenv worker REGISTER_WORKER
\getenv console REGISTER_CONSOLE
\getenv vault REGISTER_VAULT
\getenv vault_service REGISTER_VAULT_SERVICE
\getenv auditor REGISTER_AUDITOR
SET password_encryption = 'scram-sha-256';
SET log_statement = 'none';
SET log_min_duration_statement = -1;
CREATE ROLE migrator LOGIN NOSUPERUSER PASSWORD :'migrator';
CREATE ROLE counter LOGIN NOSUPERUSER PASSWORD :'counter';
CREATE ROLE backoffice LOGIN NOSUPERUSER PASSWORD :'backoffice';
CREATE ROLE portal LOGIN NOSUPERUSER PASSWORD :'portal';
CREATE ROLE worker LOGIN NOSUPERUSER PASSWORD :'worker';
CREATE ROLE console LOGIN NOSUPERUSER PASSWORD :'console';
CREATE ROLE vault LOGIN NOSUPERUSER PASSWORD :'vault';
CREATE ROLE vault_service LOGIN NOSUPERUSER PASSWORD :'vault_service';
CREATE ROLE auditor LOGIN NOSUPERUSER PASSWORD :'auditor';
GRANT worker TO console;
CREATE DATABASE rollkeeper_register OWNER migrator TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
\connect rollkeeper_register
CREATE EXTENSION btree_gist;
CREATE EXTENSION amcheck;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO migrator;
