-- Says which rows of accounts, second factors, sessions and attempts a role of the database can use.
-- Law: art. 11 (only who must, may). Reads: access_rolegrant. Writes: policies and two columns' defaults.
-- Plan: access_rolegrant by staff, a few rows an account; sessions and attempts by a column of the row.
-- Again: refused, since the policies are there; once, by a migration.
-- Table rights alone do not limit rows. A counter needs few rows of these: the accounts that may use it, their passkeys, and the
-- authenticator secret of accounts that may use only the counter. Staff who may use the back office need a passkey at the
-- counter, because an attacker who controls the counter could reuse a typed code at the back office.
ALTER TABLE access_staff ENABLE ROW LEVEL SECURITY;
CREATE POLICY access_staff_of_others ON access_staff TO backoffice, worker, vault, vault_service, auditor USING (true) WITH CHECK (true);
CREATE POLICY access_staff_at_the_counter ON access_staff FOR SELECT TO counter USING (EXISTS (
    SELECT FROM access_rolegrant g WHERE g.staff_id = access_staff.staff_id
       AND g.role IN ('clerk', 'supervisor', 'data_protection_officer')
));

ALTER TABLE mfa_authenticator ENABLE ROW LEVEL SECURITY;
CREATE POLICY mfa_authenticator_at_the_backoffice ON mfa_authenticator TO backoffice USING (true) WITH CHECK (true);
-- The worker's role needs only passkeys, which agents' devices are; no authenticator secrets or recovery codes.
CREATE POLICY mfa_authenticator_of_agents ON mfa_authenticator FOR SELECT TO worker USING (type = 'webauthn');
-- The vault checks the second factor of staff who type commands or open a value on a page.
CREATE POLICY mfa_authenticator_at_the_vault ON mfa_authenticator TO vault USING (type IN ('totp', 'webauthn'));
CREATE POLICY mfa_authenticator_at_the_counter ON mfa_authenticator TO counter USING (
    EXISTS (SELECT FROM access_staff s WHERE s.staff_id = mfa_authenticator.user_id)
    AND (type = 'webauthn' OR type = 'totp' AND NOT EXISTS (
        SELECT FROM access_rolegrant g WHERE g.staff_id = mfa_authenticator.user_id AND g.role <> 'clerk'
    ))
);

-- An app finds, changes and ends the sessions that it began itself. The role that signs out everyone ends all sessions.
-- The database sets which role began a session, and when; the account and a hash of the source are for the page of the session's owner.
ALTER TABLE django_session
    ADD COLUMN begun_by name NOT NULL DEFAULT CURRENT_USER,
    ADD COLUMN begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN reference uuid NOT NULL DEFAULT uuidv7(),
    ADD COLUMN staff_id uuid,
    ADD COLUMN source_mark bytea;
CREATE INDEX django_session_of_staff ON django_session (staff_id) WHERE staff_id IS NOT NULL;
ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;
-- The back office also lists and ends sessions that the other app began. It cannot read their content, sealed under that app's secret.
CREATE POLICY django_session_is_listed_at_the_backoffice ON django_session FOR SELECT TO backoffice USING (staff_id IS NOT NULL);
CREATE POLICY django_session_is_ended_at_the_backoffice ON django_session FOR DELETE TO backoffice USING (staff_id IS NOT NULL);
CREATE POLICY django_session_of_a_app ON django_session TO counter, backoffice
    USING (begun_by = CURRENT_USER) WITH CHECK (begun_by = CURRENT_USER);
CREATE POLICY django_session_of_everybody ON django_session TO worker USING (true);

-- Each role counts attempts separately, and cannot forgive attempts counted by another.
ALTER TABLE access_attempt ENABLE ROW LEVEL SECURITY;
CREATE POLICY access_attempt_of_a_role ON access_attempt TO counter, backoffice, console, vault, vault_service
    USING (counted_by = CURRENT_USER) WITH CHECK (counted_by = CURRENT_USER);
