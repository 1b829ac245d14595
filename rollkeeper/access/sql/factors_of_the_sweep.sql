-- Shows the sweep's role passkeys alone, which agents' devices are; the secrets of apps and of recovery codes it needs for nothing.
-- Law: art. 11 (only who must, may). Reads: -. Writes: policies. Plan: a column of the row. Again: refused, the first is gone.
DROP POLICY mfa_authenticator_of_others ON mfa_authenticator;
CREATE POLICY mfa_authenticator_at_the_office ON mfa_authenticator TO office USING (true) WITH CHECK (true);
CREATE POLICY mfa_authenticator_of_agents ON mfa_authenticator FOR SELECT TO sweep USING (type = 'webauthn');
