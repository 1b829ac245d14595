-- Every right in the register, on one page. Each process connects with one of these roles.
-- Law: art. 11 (least privilege). Reads: -. Writes: rights. Plan: -. Again: the same rights. What is not granted here is denied.
-- Append-only tables have no UPDATE and no DELETE for any role.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM counter, backoffice, portal, worker, console, vault, vault_service, auditor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM counter, backoffice, portal, worker, console, vault, vault_service, auditor;
GRANT USAGE ON SCHEMA public TO counter, backoffice, portal, worker, vault, vault_service, auditor;
-- Only the roles that this page names below execute functions with their owner's rights; by default PostgreSQL lets every role.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN SELECT p.oid FROM pg_proc p
                WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND pg_has_role(p.proowner, 'USAGE') LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, counter, backoffice, portal, worker, console, vault, vault_service, auditor', one);
    END LOOP;
END
$$;
-- The locks by which each app may make others wait (kernel/sql/functions.sql); the server's own rights are in server_rights.sql.
GRANT EXECUTE ON FUNCTION kernel_lock TO counter, backoffice, portal, worker, vault_service;
GRANT EXECUTE ON FUNCTION kernel_share_sealing TO counter, worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO counter, backoffice, worker, vault, vault_service;
REVOKE ALL ON SEQUENCE access_lookups_counter, access_lookups_backoffice, vault_sims_replaced, access_lookups_counter_since,
    access_lookups_backoffice_since, vault_sims_replaced_since FROM counter, backoffice, worker, vault, vault_service;

-- The ledger: appended by every acting role, changed by none, not even its owner. An erased entry is reduced by one function.
REVOKE DELETE, TRUNCATE ON ledger_entry FROM migrator;
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_fault, ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint,
    ledger_publication FROM migrator;
-- The database chooses an entry's number and transaction, which give its order, and checks that its body has the form of its verb.
GRANT INSERT (at, day, verb, line_id, person_id, staff_id, body) ON ledger_entry TO counter, backoffice, worker, vault, vault_service;
GRANT SELECT ON ledger_entry TO worker, vault, vault_service;
-- An app gets the number of its entry. Functions tell what entries say, for one line, code or account at a time (app_reads.sql).
GRANT SELECT (entry_id) ON ledger_entry TO counter, backoffice;
GRANT SELECT (entry_id, day, verb) ON ledger_entry TO auditor;
GRANT EXECUTE ON FUNCTION ledger_entry_of_code, ledger_has_registration, ledger_erasures_of, lines_sim_replaced_on, agents_lines_of_person,
    registration_entry_of, registration_receipts_of TO counter, worker;
GRANT EXECUTE ON FUNCTION access_sign_ins_of TO counter, backoffice, worker;
GRANT EXECUTE ON FUNCTION lines_accesses_of, agents_newest_registration, campaign_approvals_of, reporting_ranked_entries,
    reporting_entries_of_sample TO backoffice, worker;
GRANT SELECT, INSERT ON ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint, ledger_publication, ledger_fault TO worker;
GRANT SELECT ON ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint, ledger_publication, ledger_fault
    TO counter, backoffice, auditor;
GRANT SELECT, DELETE ON ledger_appended TO worker;
GRANT SELECT, INSERT, UPDATE ON ledger_check TO worker;
REVOKE ALL ON FUNCTION ledger_reduce_entries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_reduce_entries TO worker;

-- The day until which a person does not see the openings for a disclosure request. Roles that show the access history read it; roles in which two
-- people defer a notification, or answer, write it.
GRANT SELECT ON ledger_deferreddisclosuremark TO worker, vault_service;
GRANT INSERT, UPDATE ON ledger_deferreddisclosuremark TO console, vault_service;

-- Staff: read by the apps for signing in. access/sql/rows_of_a_role.sql limits which rows a role sees.
-- A counter may read no secret column of an account: the plan of a statement tells of hidden rows (access/sql/secrets_of.sql).
GRANT SELECT ON access_rolegrant TO counter, backoffice, worker, vault, vault_service, auditor;
GRANT SELECT (staff_id, username, is_active) ON access_staff TO counter, auditor;
GRANT SELECT ON access_staff TO backoffice, worker, vault, vault_service;
GRANT EXECUTE ON FUNCTION access_secrets_of TO counter, backoffice, worker, vault, vault_service;
-- Accounts and roles are made by commands, and by the vault service for an administrator who signed in there. The back office closes an
-- account and changes its owner's password; a worker closes accounts of an agent or an incident, and notes which mail it sent.
GRANT INSERT, UPDATE (until) ON access_rolegrant TO console, vault_service;
GRANT INSERT, UPDATE (is_active) ON access_staff TO console, vault_service;
GRANT UPDATE (notified_at) ON access_rolegrant TO worker;
GRANT UPDATE (is_active) ON access_staff TO worker;
GRANT UPDATE (password, is_active) ON access_staff TO backoffice;
-- Invitations: made by the vault service, mailed by the worker, used up and ended by functions.
GRANT SELECT, INSERT, UPDATE, DELETE ON access_invitation TO console, vault_service;
GRANT SELECT, UPDATE (sealed_to, code_mark, coded_at, sent_at) ON access_invitation TO worker;
GRANT SELECT (invitation_id, staff_id, code_mark, made_at, coded_at, sent_at, used_at) ON access_invitation TO backoffice;
GRANT EXECUTE ON FUNCTION access_use_invitation TO backoffice;
GRANT EXECUTE ON FUNCTION access_end_invitations TO console, worker;
-- Approvals: inserted, never changed; the database sets the time. access/sql/approvals_of_a_role.sql limits which approvals a
-- role may give: a counter only the counter's approvals, the back office none of these.
GRANT SELECT, INSERT (permission, subject, content, staff_id, approves, day, entry_id) ON access_approval
    TO counter, backoffice, worker, vault_service;
GRANT SELECT ON access_approval TO auditor;
-- What staff ask for on a page of the back office; a worker checks their roles again and does it in their name. Only functions write here: a page
-- asks, the worker takes and answers, and the worker's action uses the request up (asked_for.sql).
GRANT SELECT (request_id, staff_id, kind, job, subject, facts, state, made_at, again_at, done_at, result, refusal) ON access_staffrequest
    TO backoffice, worker, auditor;
GRANT EXECUTE ON FUNCTION access_ask, access_settle_pending TO backoffice;
GRANT EXECUTE ON FUNCTION access_next_request, access_answer_request, access_postpone_request, access_forget_requests TO worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON access_attempt TO counter, backoffice, console, vault, vault_service;
-- Which texts were accepted: the apps need only the hashes; commands show and record who read the texts.
GRANT SELECT (acceptance_id, language, texts_hash, accepted_at, withdrawn_on) ON languages_acceptance TO counter, backoffice, portal;
GRANT SELECT ON languages_acceptance TO worker;
GRANT INSERT (language, texts_hash, texts, reader, read_on, withdrawn_on), UPDATE (withdrawn_on) ON languages_acceptance TO console;
GRANT SELECT, INSERT (session_key, session_data, expire_date), UPDATE (session_data, expire_date, staff_id, source_mark), DELETE
    ON django_session TO counter, backoffice;
-- Passwords are changed, and second factors added and removed, only at the back office: a compromised counter gives no access
-- anywhere. It records when a factor was used, and nothing else about it.
GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_authenticator TO backoffice;
GRANT SELECT, UPDATE (last_used_at) ON mfa_authenticator TO counter, vault;
-- Triggers note when an app changed a factor; the vault and the console read it.
GRANT SELECT ON access_factorchange TO worker, vault, vault_service;
GRANT UPDATE (notified_at) ON access_factorchange TO worker;
GRANT SELECT ON django_content_type, account_emailaddress TO counter, backoffice;

GRANT SELECT ON django_migrations TO worker, vault_service, backoffice;

-- Jobs: the lease on each, and its last run. A worker may end the session of a job that hangs, since both have this role.
GRANT SELECT, INSERT, UPDATE ON kernel_job TO worker;
-- What the doctor found, and how the jobs went, for the administrator's pages.
GRANT SELECT, INSERT, DELETE ON kernel_healthfinding TO worker;
GRANT SELECT ON kernel_healthfinding, kernel_job TO backoffice;

-- The vault: the counter seals and cannot read back.
GRANT INSERT ON vault_sealed TO counter, worker;
GRANT SELECT ON vault_sealed TO vault;
GRANT EXECUTE ON FUNCTION vault_note_opening TO vault;
GRANT EXECUTE ON FUNCTION vault_replace_sim TO counter, worker;
GRANT EXECUTE ON FUNCTION vault_forget TO worker;
GRANT SELECT (person_id, tenure_id, field) ON vault_sealed TO worker;
GRANT SELECT (person_id, tenure_id, field) ON vault_sealed TO vault_service;
-- A file under its own key, the instrument of a disclosure request: sealed by the vault service, destroyed by the worker with keys.
GRANT SELECT (owner_id, file_id), DELETE ON vault_file TO worker, vault_service;
GRANT INSERT ON vault_file TO console, vault_service;
GRANT SELECT ON vault_file TO vault;
-- Document copies: which there are, and their digests; the bytes are sealed in a separate store.
GRANT INSERT ON vault_copy TO counter, worker;
GRANT SELECT ON vault_copy TO vault, worker;
-- What workers opened, counted by the vault alone.
GRANT SELECT, INSERT, UPDATE, DELETE ON vault_openingcount TO vault;
-- An alarm is raised by the opening process and settled from the console; apps do not know that there was one.
GRANT INSERT ON vault_alarm TO vault;
GRANT SELECT, UPDATE (notified_at) ON vault_alarm TO worker, vault_service;
GRANT UPDATE (settled_at) ON vault_alarm TO console;
-- An app raises an alarm about an access by naming its entry, which says who it was, and learns nothing of alarms.
REVOKE ALL ON FUNCTION vault_raise_access_alarm FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault_raise_access_alarm TO counter, backoffice, worker, vault_service;
GRANT SELECT, INSERT ON vault_canary TO worker;

-- People and lines.
-- No app selects an index of numbers or documents: functions answer for one value, and count it (access/sql/functions.sql).
GRANT SELECT ON subscribers_subscriber, subscribers_document TO worker;
GRANT SELECT ON subscribers_subscriber TO counter;
GRANT SELECT (person_id, document_type, since, until) ON subscribers_document TO counter;
GRANT EXECUTE ON FUNCTION access_count_lookups TO worker;
GRANT EXECUTE ON FUNCTION subscribers_find_documents, subscribers_add_documents, subscribers_make, subscribers_replace_document,
    subscribers_link, subscribers_unlink TO counter, worker;
GRANT EXECUTE ON FUNCTION lines_find_numbers, lines_quarantined_until TO counter, backoffice, worker;
GRANT EXECUTE ON FUNCTION lines_lock_numbers, lines_has_other_number, lines_redeem_code, lines_hand_to_clerk, lines_number_of_handle, lines_extend_handle,
    lines_count_code_attempt, lines_create, lines_reassign_number TO counter, worker;
GRANT UPDATE (erased_on) ON subscribers_subscriber TO worker;
GRANT DELETE ON subscribers_document TO worker;
-- Functions replace a document by a newer one, and remove a wrong one. References are joined, and parted again.
GRANT EXECUTE ON FUNCTION subscribers_lock_documents TO worker;
GRANT SELECT ON subscribers_personlink TO counter;
GRANT SELECT, UPDATE (principal_id), DELETE ON subscribers_personlink TO worker;
GRANT EXECUTE ON FUNCTION subscribers_unlink_document TO counter, worker;
GRANT SELECT ON subscribers_subscriber TO backoffice;
GRANT SELECT, INSERT ON lines_line, lines_number, lines_tenure, lines_pause TO worker;
-- Only functions change the subscriber of a line and the number that leads to it.
GRANT UPDATE (state, version, is_registered, must_reverify, is_essential, terminated_on, terminated_by, erased_on, language, payment, contact_kind,
    number_index, number_sealed, contact_sealed) ON lines_line TO worker;
GRANT UPDATE (quarantined_until) ON lines_number TO worker;
GRANT UPDATE (held, begun_by_entry, ended_by_entry, commitment, route, good_through, identity_check, erased_on, contested_on) ON lines_tenure TO worker;
GRANT UPDATE (days, reason, evidence_seen_on) ON lines_pause TO worker;
-- A worker suspends only what people approved (approved_batches.sql).
GRANT SELECT, INSERT, UPDATE (restored_on, restored_at, was_wrongful) ON lines_suspension TO worker;
-- The sealed values of a line are read by the roles that send commands and notices. A counter seals the number of a new line; it
-- cannot read sealed values, nor replace a number or address to which notices and codes go.
GRANT SELECT (line_id, service, state, version, is_registered, must_reverify, is_disputed, is_essential, activated_on, terminated_on,
    terminated_by, erased_on, language, region, payment, contact_kind) ON lines_line TO counter, backoffice, auditor;
-- A counter does to a line only what its services do, and suspends none. Triggers limit its rights further
-- (lines/sql/counter_role_triggers.sql, provisioning/sql/counter_role_triggers.sql, notices/sql/app_role_triggers.sql).
GRANT SELECT ON lines_suspension TO counter;
-- On which days the clock of one line is paused; no app is told why.
GRANT EXECUTE ON FUNCTION lines_pauses_of TO counter, backoffice, worker;
GRANT SELECT (line_id, held, tenure_id, party_kind, person_id, user_person_id, bearer_person_id, guardian_person_id, assurance, commitment,
    route, accepted_through, erased_on, contested_on) ON lines_tenure TO counter, backoffice, auditor;
-- Only these functions write tenures (lines/sql/functions.sql): at the database's instant, each with its entry in the ledger.
GRANT EXECUTE ON FUNCTION lines_register, lines_note_payments, lines_terminate, lines_pause_clock, lines_restore, lines_mark_wrongful, lines_mark TO counter, worker;
GRANT EXECUTE ON FUNCTION lines_registered_as TO counter, worker;
GRANT EXECUTE ON FUNCTION lines_count_past_last_day TO backoffice, worker;
GRANT EXECUTE ON FUNCTION lines_reconnect TO counter, backoffice, worker;
GRANT EXECUTE ON FUNCTION lines_lock_lines TO counter, backoffice, worker;
-- Lookups and compared documents are counted by a function alone: no role reads or writes the counts.
REVOKE ALL ON FUNCTION lines_count_access FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lines_count_access TO counter, backoffice, worker;
-- A temporary reconnection is given once and never taken back. A trigger commands the network, so that the back office needs no right to commands.
GRANT SELECT ON lines_reconnection TO counter, backoffice, worker;
GRANT SELECT ON lines_reconnection TO auditor;
-- A code sent to a line is shown to a clerk once; the counter cannot make one, or take another clerk's.
GRANT SELECT, INSERT, UPDATE, DELETE ON lines_countercode TO worker;
GRANT SELECT, DELETE ON lines_countercodeattempt TO worker;
GRANT SELECT ON lines_countercodeattempt TO counter;
GRANT SELECT, INSERT, DELETE ON lines_reference TO worker;
GRANT DELETE ON lines_number TO worker;
-- A function ends a legal hold early by shortening it; its case reference is erased with the record.
GRANT SELECT, INSERT, UPDATE (case_reference) ON lines_legalhold TO worker;
GRANT EXECUTE ON FUNCTION lines_end_legal_hold TO worker;
GRANT SELECT ON lines_suspension, lines_legalhold TO backoffice;

-- Notices and network commands.
-- A day that was promised is only lengthened (approved_batches.sql).
GRANT SELECT, INSERT, UPDATE (state, channel, promised_on, pack_hash, attempts, next_try_at, next_channel, claimed_by, delivered_on)
    ON notices_notice TO worker;
GRANT SELECT, INSERT, UPDATE ON notices_attempt TO worker;
GRANT SELECT, INSERT, UPDATE (text) ON notices_wording TO worker;
GRANT SELECT ON notices_wording TO backoffice, auditor;
GRANT EXECUTE ON FUNCTION notices_is_theirs, notices_is_its_users, notices_reaches_person TO worker;
-- The database chooses the order of commands, and a command is never turned into another one.
GRANT SELECT, INSERT (line_id, command_id, kind, reason, batch_id, requested_at),
    UPDATE (state, claimed_by, attempts, next_try_at, sent_at, read_back, read_back_at) ON provisioning_command TO worker;
GRANT SELECT ON provisioning_closedday TO worker, auditor;
-- No app reads a notice: the plan of a statement tells how many rows a policy hid, and the secret code of a notice proves that it is genuine.
GRANT EXECUTE ON FUNCTION campaign_not_notified, campaign_not_notified_groups, campaign_not_notified_by_post, campaign_told, selfcare_notice_of
    TO backoffice, worker;
GRANT SELECT ON provisioning_command TO counter;
GRANT INSERT (line_id, command_id, kind, reason, requested_at) ON provisioning_command TO counter;
GRANT INSERT (line_id, notice_id, kind, campaign_id, language, promised_on, pack_hash, queued_on) ON notices_notice
    TO counter, backoffice, vault_service;
GRANT SELECT, INSERT ON provisioning_comparison TO worker;
GRANT SELECT ON provisioning_comparison TO backoffice, auditor;
GRANT SELECT, INSERT, DELETE ON notices_tally TO worker;
GRANT SELECT ON notices_tally, provisioning_command TO backoffice, auditor;
-- The back office records returned mail; only a process with the secret of the slips verifies it.
GRANT SELECT, INSERT (reference, recorded_at, staff_id) ON notices_returnedletter TO backoffice;
GRANT SELECT, INSERT (reference, recorded_at, staff_id), UPDATE (verdict, settled_at) ON notices_returnedletter TO worker;
GRANT SELECT ON notices_returnedletter TO auditor;

-- All lines at once.
GRANT SELECT, INSERT, UPDATE ON campaign_campaign, campaign_member, campaign_nightlyrun, imports_import TO worker;
GRANT SELECT ON campaign_stay TO worker;
GRANT EXECUTE ON FUNCTION campaign_enter_stay, campaign_end_stay TO worker, backoffice;
GRANT EXECUTE ON FUNCTION campaign_postpone_commands TO worker, backoffice;
GRANT EXECUTE ON FUNCTION campaign_refresh_statistics TO worker;
GRANT SELECT, INSERT, DELETE ON imports_chunk TO worker;
-- The prepared batch is what is approved: only its outcome is written afterwards.
GRANT SELECT, INSERT, UPDATE (state, stop_reason, position_done, pilot_done_at, content) ON campaign_batch TO worker;
GRANT SELECT, INSERT, UPDATE (outcome, skip_reason, done_at, undone_at, former) ON campaign_batchline TO worker;
GRANT SELECT, INSERT, DELETE ON campaign_tally, campaign_regiontally, campaign_linechange TO worker;
GRANT SELECT, INSERT ON campaign_emergencycount TO worker;
GRANT SELECT ON campaign_regiontally, campaign_emergencycount TO backoffice, auditor;
GRANT SELECT, INSERT ON campaign_chunk, campaign_unreachablewaiver TO worker;
GRANT SELECT ON campaign_unreachablewaiver TO backoffice;
-- A named person answers for the unreachable subscribers on the back office's page.
GRANT INSERT ON campaign_unreachablewaiver TO backoffice;
GRANT SELECT, INSERT ON campaign_complaint TO worker, backoffice;
-- The day until which a subscriber may register, for a clerk to tell them: of one line, by its reference.
GRANT EXECUTE ON FUNCTION campaign_line_deadline TO counter, worker;
-- The day from which the promised days of one line run: an explanation shows it, and a batch obeys it.
GRANT EXECUTE ON FUNCTION campaign_promised_since TO backoffice, worker;
-- A dispute that is taken up at a counter counts against the batch that acted on the line last.
GRANT SELECT (line_id, batch_id, outcome, done_at) ON campaign_batchline TO counter;
GRANT INSERT ON campaign_complaint TO counter;
GRANT SELECT ON campaign_campaign, campaign_member, campaign_batch, campaign_batchline, campaign_stay,
    campaign_nightlyrun, campaign_tally, campaign_chunk TO backoffice, auditor;
-- The keyed hash of a file is left out: an app has the key, and could find the number in a file of one row by trying all numbers.
GRANT SELECT (import_id, rows_done, lines_made, rows_known, rows_refused, rows_left_out, lines_barred, lines_completed, registered, started_at,
    finished_at, undone_at) ON imports_import TO backoffice, auditor;
-- The back office approves, stops and asks for an undo; it never acts on a line itself.
GRANT UPDATE (state, stop_reason) ON campaign_batch TO backoffice;
-- A file that was handed in on a page: the app seals it and cannot open it; the worker with keys reads, imports and destroys it.
GRANT SELECT, INSERT (upload_id, file_id, state, byte_count, uploaded_by, uploaded_at) ON imports_upload TO backoffice;
GRANT INSERT ON vault_file TO backoffice;
GRANT SELECT, UPDATE (state, proposal, map, outcome, ended_at) ON imports_upload TO worker;
GRANT SELECT ON imports_upload TO auditor;
GRANT SELECT ON campaign_complaint TO auditor;


-- No app sees who was affected by an incident: the back office sees figures and deadlines, requests steps that the worker carries
-- out, records that the report was sent, and closes.
GRANT SELECT, INSERT, UPDATE ON incidents_incident, incidents_duty TO worker;
GRANT SELECT, INSERT, DELETE ON incidents_affectedperson TO worker;
GRANT SELECT, INSERT ON incidents_remedy TO worker;
GRANT SELECT, UPDATE ON incidents_step TO worker;
GRANT SELECT ON incidents_incident, incidents_duty, incidents_remedy, incidents_step TO backoffice, auditor;
GRANT EXECUTE ON FUNCTION incidents_lock, incidents_close, incidents_meet_duty TO worker, backoffice;
GRANT INSERT, UPDATE (state, ended_at) ON incidents_step TO backoffice;
-- Agents: a counter reads its own assignment and records its registrations; the back office suspends agents and settles unusual
-- activity.
GRANT SELECT ON agents_agent, agents_requirementmet, agents_outlet, agents_assignment, agents_device, agents_audit, agents_finding, agents_registration,
    agents_documentimagecount, agents_case, agents_reverification TO counter, backoffice, worker, auditor;
GRANT INSERT ON agents_registration, agents_case TO counter;
-- The look of a document copy, as keyed marks: a function compares them, and the worker deletes them.
GRANT INSERT ON agents_imagefingerprint TO counter;
GRANT SELECT, INSERT, DELETE ON agents_imagefingerprint TO worker;
GRANT EXECUTE ON FUNCTION agents_count_document_image, agents_is_duplicate_image TO counter, worker;
GRANT INSERT, UPDATE ON agents_agent, agents_requirementmet, agents_outlet, agents_assignment, agents_device, agents_audit, agents_finding,
    agents_case, agents_reverification, agents_documentimagecount TO worker;
GRANT INSERT ON agents_registration TO worker;
GRANT UPDATE (state, suspended_on, suspended_because, closed_accounts) ON agents_agent TO backoffice;
GRANT UPDATE (settled_on, verdict) ON agents_case TO backoffice;
GRANT INSERT ON agents_reverification TO backoffice;
-- A registered device is a passkey of an account.
GRANT SELECT ON mfa_authenticator TO worker;

-- Disclosure requests about one person are entered and answered by commands; the back office sees their state and decides.
GRANT SELECT, INSERT, UPDATE ON disclosures_authority, disclosures_request, disclosures_deferral TO console, vault_service;
GRANT SELECT ON disclosures_authority, disclosures_request, disclosures_deferral TO worker;
GRANT UPDATE (state, closed_on, notified_on, is_notice_queued, erased_on, number_mark, instrument_mark, file_mark, file_id, line_id, person_id,
    held_on, held_at) ON disclosures_request TO worker;
GRANT SELECT ON disclosures_authority, disclosures_deferral TO backoffice;
-- The person found and the marks are left out: each app has the key of the indexes, and could find the number by trying all numbers. A function
-- compares instead.
GRANT SELECT (disclosure_id, authority_id, kind, instrument, file_id, fields, held_on, held_at, article, pack_hash, received_on, expires_on,
    reply_by, keep_days, keep_months, keep_overflows, entered_by, entered_at, state, refused_because, refused_by_law, outcome, opened_on, answer_hash,
    delivered_on, closed_on, notified_on, is_notice_queued, erased_on) ON disclosures_request TO backoffice;
GRANT EXECUTE ON FUNCTION disclosures_is_about TO backoffice, worker, vault_service;
GRANT UPDATE (state, refused_because, closed_on) ON disclosures_request TO backoffice;
GRANT SELECT ON disclosures_authority, disclosures_deferral TO auditor;
-- Evidence: only the worker, which makes reports, reads the raw counts of a quarter, small ones too; apps read the protected figures.
GRANT SELECT, INSERT ON reporting_quarter, reporting_report TO worker;
GRANT UPDATE (published_on) ON reporting_report TO worker;
GRANT SELECT ON reporting_report TO backoffice, auditor;

-- The worker signs people out for an incident or a closed account, and the console for a restore.
GRANT SELECT (staff_id), DELETE ON django_session TO worker;

-- The texts of the law that were in force: kept, never changed.
GRANT SELECT, INSERT ON lawbook_version, lawbook_countryfile, lawbook_period TO worker;
GRANT SELECT ON lawbook_version, lawbook_countryfile, lawbook_period TO backoffice, counter, portal, auditor;

-- One line at a time, and forgetting.
GRANT SELECT, INSERT ON registration_submission TO worker;
GRANT INSERT ON registration_submission TO counter;
GRANT SELECT, INSERT, UPDATE (done_at) ON retention_erasure TO worker;
GRANT SELECT ON retention_erasure TO backoffice, auditor;
GRANT SELECT, INSERT, UPDATE (records, copies) ON retention_run TO worker;
GRANT SELECT, INSERT, DELETE, UPDATE (lifted_on) ON retention_brake TO worker;
GRANT SELECT ON retention_brake TO backoffice, auditor;

-- The subscriber portal reads nothing of the register: it writes down requests for codes and other requests, tries a code, and takes an answer
-- that it alone can open. It can neither make nor read a session.
GRANT INSERT (code_request_id, number_index, source_mark, language) ON selfcare_coderequest TO portal;
GRANT INSERT (request_id, session_mark, kind, payload, sealed, language, public_key), SELECT (request_id, answer), DELETE ON selfcare_portalrequest TO portal;
GRANT EXECUTE ON FUNCTION selfcare_count_try, selfcare_verify_code, selfcare_request_letter, selfcare_requests_of_source TO portal;
-- A code is handed over by the care menu (a command) or at a counter: one page, one suspended line, its ledger entry.
GRANT EXECUTE ON FUNCTION selfcare_pages_of, selfcare_hand_over_code TO counter, worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON selfcare_coderequest, selfcare_portalsession, selfcare_portalrequest TO worker;
GRANT SELECT, DELETE ON selfcare_codetry TO worker;
GRANT SELECT, UPDATE, DELETE ON selfcare_postedcode TO worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON selfcare_reservedcode TO worker;
GRANT SELECT, INSERT (line_id) ON selfcare_reservedcode TO counter;
GRANT SELECT, INSERT, UPDATE (document_mark, named_on), DELETE ON selfcare_delegate TO worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON selfcare_passkey TO worker;
GRANT SELECT, INSERT, UPDATE (settled_on, upheld, because, settled_by, claimant_mark, asked_from, assigned_to, reminded_on, notice_id)
    ON selfcare_case TO worker;
-- The counter opens a case when it records a dispute, and decides none.
GRANT INSERT (case_id, line_id, tenure_id, kind, about, opened_on, due_on, against, claimant_mark) ON selfcare_case TO counter;
GRANT EXECUTE ON FUNCTION selfcare_case_due TO counter, worker;
-- Remote applications that wait for the document to be seen: the counter has the database compare marks, and records the result. It selects neither
-- the sealed data nor the marks: with the key of the indexes it could find the document by trying all.
GRANT EXECUTE ON FUNCTION selfcare_is_application_of TO counter, worker;
GRANT SELECT, INSERT, UPDATE ON selfcare_application TO worker;
GRANT SELECT (line_id, application_id, until, state, check_key, said),
    UPDATE (state, checked_by, checked_at, check_key, check_language) ON selfcare_application TO counter;
-- A worker protects a subscriber for the officer who asked on a page; only a command ends a protection.
GRANT EXECUTE ON FUNCTION subscribers_protect TO worker, console;
GRANT UPDATE (is_protected) ON subscribers_subscriber TO console;
GRANT SELECT (case_id, line_id, tenure_id, kind, about, opened_on, due_on, against, settled_on, settled_by, upheld, because, assigned_to,
    reminded_on, notice_id) ON selfcare_case TO backoffice;
GRANT EXECUTE ON FUNCTION selfcare_claimant_is_named TO backoffice, worker;

-- An auditor draws lines by lot on the back office's page and asks their subscribers; what a subscriber allows is opened by a command.
GRANT SELECT ON reporting_auditsample, reporting_auditsampleline TO backoffice, worker;
GRANT INSERT ON reporting_auditsample, reporting_auditsampleline TO backoffice, console;
GRANT INSERT (line_id, consent_id, tenure_id, sample_id, auditor_id, fields, asked_on, answer_by) ON selfcare_consent TO backoffice;
GRANT SELECT ON selfcare_consent TO backoffice, worker;
GRANT UPDATE (agreed_on, through, taken_back_on) ON selfcare_consent TO worker;

-- Offline registrations. The counter submits them and learns the outcome; it cannot read sealed rows or write the instants, which
-- are the register's own.
GRANT INSERT (ticket_id, staff_id, key_id) ON offline_ticket TO counter;
GRANT INSERT (submission_key, ticket_id, submitted_by, language, sealed, by_counter, action_kind, needs_approval),
    SELECT (submission_key, registration_id, ticket_id, submitted_by, outcome, said, action_kind, needs_approval, received_at)
    ON offline_registration TO counter;
-- An approver approves or rejects it in their own session (access_approval); the offline worker carries it out or discards it.
GRANT SELECT (ticket_id, staff_id) ON offline_ticket TO counter;
GRANT SELECT, DELETE ON offline_ticket TO worker;
GRANT SELECT, UPDATE (outcome, said, effective_at, processed_at, sealed, tries, needs_approval, action_kind), DELETE ON offline_registration TO worker;

-- What the vault service reads to find the line that it was asked about, and the rows that justify what a worker asks.
GRANT SELECT ON lines_line, lines_number, lines_tenure, lines_reference, lines_legalhold, subscribers_subscriber, subscribers_document, subscribers_personlink,
    vault_copy, vault_alarm, notices_notice, notices_attempt, provisioning_command, selfcare_coderequest, selfcare_postedcode, selfcare_portalsession, selfcare_portalrequest,
    selfcare_reservedcode, selfcare_delegate, selfcare_application, selfcare_consent, offline_ticket, offline_registration TO vault_service;
GRANT EXECUTE ON FUNCTION lines_find_numbers, lines_count_access TO vault_service;
