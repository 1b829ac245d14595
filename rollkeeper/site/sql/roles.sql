-- Every right in the register, on one page. Each process connects with one of these roles.
-- Law: art. 11 (only who must, may). Reads: -. Writes: rights. Plan: -. Again: the same rights.
-- What is not granted here is denied. Append-only tables have no UPDATE and no DELETE for anybody.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM counter, office, portal, sweep, vault, auditor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM counter, office, portal, sweep, vault, auditor;
GRANT USAGE ON SCHEMA public TO counter, office, portal, sweep, vault, auditor;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO counter, office, sweep, vault;

-- The ledger: appended by everyone who acts, changed by nobody, not even its owner.
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry, ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint,
    ledger_publication FROM migrator;
-- Its number and its transaction, which order it, are the database's to choose. Its body is held to the verb's form there.
GRANT INSERT (at, day, verb, line_id, person_id, staff_id, body) ON ledger_entry TO counter, office, sweep, vault;
GRANT SELECT ON ledger_entry TO counter, office, sweep, vault, auditor;
GRANT SELECT, INSERT ON ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint, ledger_publication TO sweep;
GRANT SELECT ON ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint, ledger_publication
    TO counter, office, auditor;

-- Up to when a person is not shown what was opened for a demand: read by whoever shows them who looked.
GRANT SELECT ON ledger_withheld TO office, sweep, auditor;
GRANT INSERT, UPDATE ON ledger_withheld TO sweep;

-- Who may act: read by the faces for signing in. Which rows of these a role sees stands in access/sql/rows_of_a_role.sql.
GRANT SELECT ON access_staff, access_rolegrant TO counter, office, sweep, vault, auditor;
-- Accounts and roles are made from the command line alone. The office closes an account and changes its owner's password.
GRANT INSERT, UPDATE (until, told_at) ON access_rolegrant TO sweep;
GRANT INSERT, UPDATE (is_active) ON access_staff TO sweep;
GRANT UPDATE (password, is_active) ON access_staff TO office;
GRANT SELECT, INSERT, UPDATE, DELETE ON access_attempt TO counter, office, sweep;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO counter, office;
-- Passwords are changed, and second factors added and removed, at the office's face alone: a counter that was taken over
-- lets nobody in anywhere. It notes when a factor was used, and nothing else about it.
GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_authenticator TO office;
GRANT SELECT, UPDATE (last_used_at) ON mfa_authenticator TO counter;
GRANT SELECT ON django_content_type, account_emailaddress TO counter, office;

GRANT SELECT ON django_migrations TO sweep, office;

-- The vault: the counter seals and cannot read back.
GRANT INSERT ON vault_sealed TO counter, sweep;
GRANT SELECT ON vault_sealed TO vault;
REVOKE ALL ON FUNCTION vault_note_opening FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault_note_opening TO vault;
GRANT SELECT (person_id, holding_id, field), DELETE ON vault_sealed TO sweep;
-- A file under a key of its own, the instrument of a demand: sealed and opened by commands alone.
GRANT SELECT (owner_id, file_id), INSERT, DELETE ON vault_file TO sweep;
GRANT SELECT ON vault_file TO vault;
-- Copies of documents: which there are, and their digests; the bytes lie sealed in a store of their own.
GRANT INSERT ON vault_copy TO counter, sweep;
GRANT SELECT ON vault_copy TO vault, sweep;
GRANT DELETE ON vault_copy TO sweep;
-- An alarm is raised by whoever opens and settled from the console; no face knows that there was one.
GRANT INSERT ON vault_alarm TO vault;
GRANT SELECT, UPDATE (told_at, settled_at) ON vault_alarm TO sweep;
GRANT SELECT, INSERT ON vault_canary TO sweep;

-- People and lines.
GRANT SELECT, INSERT ON subscribers_subscriber, subscribers_document TO counter, sweep;
GRANT UPDATE (erased_on) ON subscribers_subscriber TO sweep;
GRANT DELETE ON subscribers_document TO sweep;
-- A newer document takes the place of one; a wrong one is let go by a function. References are joined, and parted again.
GRANT UPDATE (until) ON subscribers_document TO counter, sweep;
GRANT SELECT, INSERT, UPDATE (principal_id), DELETE ON subscribers_joined TO counter, sweep;
REVOKE ALL ON FUNCTION subscribers_let_go_document FROM PUBLIC;
GRANT EXECUTE ON FUNCTION subscribers_let_go_document TO counter, sweep;
GRANT SELECT ON subscribers_subscriber TO office;
GRANT SELECT, INSERT, UPDATE ON lines_line, lines_number, lines_suspension, lines_holding, lines_pause TO sweep;
-- What is sealed of a line is read by whoever sends and tells. A counter seals the number of a new line; it neither reads what
-- is sealed nor puts another number or address in its place, to which notices and codes would go.
GRANT SELECT (line_id, service, state, version, is_registered, is_disputed, is_protected, activated_on, ended_on, ended_by,
    erased_on, language, region, number_index, contact_kind) ON lines_line TO counter, office, auditor;
-- A counter does to a line what its acts do, and suspends none: what it may write, and no more of it than its triggers let
-- pass (lines/sql/at_the_counter.sql, network/sql/at_the_counter.sql, notices/sql/of_a_face.sql).
GRANT SELECT ON lines_number, lines_suspension, lines_holding, lines_pause TO counter;
GRANT INSERT ON lines_line, lines_number, lines_holding, lines_pause TO counter;
GRANT UPDATE (state, version, is_registered, is_disputed, is_protected, ended_on, ended_by, language, number_index) ON lines_line
    TO counter;
GRANT UPDATE (line_id, quarantined_until) ON lines_number TO counter;
GRANT UPDATE (lifted_on, lifted_at, was_wrong) ON lines_suspension TO counter;
GRANT UPDATE (held) ON lines_holding TO counter;
REVOKE ALL ON FUNCTION lines_lock_lines FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lines_lock_lines TO counter, office, sweep;
-- A lift is given once and never taken back; a trigger tells the network, so that the office needs no right over that.
GRANT SELECT, INSERT ON lines_lift TO counter, office, sweep;
GRANT SELECT ON lines_lift TO auditor;
-- A code that came to a line is shown to a clerk once; nobody at a counter makes one, or gives himself another's.
GRANT SELECT, INSERT, UPDATE, DELETE ON lines_shown TO sweep;
GRANT SELECT, UPDATE (hand_id, shown_to, ends_at) ON lines_shown TO counter;
GRANT SELECT, DELETE ON lines_showntry TO sweep;
GRANT SELECT, INSERT (staff_id) ON lines_showntry TO counter;
GRANT SELECT, INSERT, DELETE ON lines_reference TO sweep;
GRANT DELETE ON lines_number TO sweep;
-- A hold is ended before its time by a function that shortens it; what it was laid for is forgotten with the record.
GRANT SELECT, INSERT, UPDATE (case_reference) ON lines_hold TO sweep;
REVOKE ALL ON FUNCTION lines_end_hold FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lines_end_hold TO sweep;
GRANT SELECT ON lines_number, lines_suspension, lines_holding, lines_pause, lines_hold TO office, auditor;
GRANT INSERT, UPDATE ON lines_pause TO office;

-- What must be told, what the network must do.
GRANT SELECT, INSERT, UPDATE ON notices_notice, notices_attempt TO sweep;
-- The order in which the network hears is the database's to choose, and what was once asked for is not turned into something else.
GRANT SELECT, INSERT (line_id, command_id, kind, reason, batch_id, asked_at),
    UPDATE (state, claimed_by, attempts, next_try_at, sent_at, read_back, read_back_at) ON network_command TO sweep;
GRANT SELECT ON network_rest TO sweep, auditor;
GRANT SELECT ON notices_notice, network_command TO counter;
GRANT INSERT (line_id, command_id, kind, reason, asked_at) ON network_command TO counter;
GRANT INSERT (line_id, notice_id, kind, campaign_id, language, promised_on, pack_hash, owed_on) ON notices_notice
    TO counter, office;
GRANT SELECT, INSERT ON network_comparison TO sweep;
GRANT SELECT ON network_comparison TO office, auditor;
GRANT SELECT, INSERT, DELETE ON notices_tally TO sweep;
GRANT SELECT ON notices_notice, notices_attempt, notices_tally, network_command TO office, auditor;
-- The office notes what came back of letters; only who has the secret of the slips says what it proves.
GRANT SELECT, INSERT (reference, noted_at, staff_id) ON notices_letterback TO office;
GRANT SELECT, INSERT (reference, noted_at, staff_id), UPDATE (verdict, settled_at) ON notices_letterback TO sweep;
GRANT SELECT ON notices_letterback TO auditor;

-- All lines at once.
GRANT SELECT, INSERT, UPDATE ON campaign_campaign, campaign_member, campaign_stay, campaign_sweepday, campaign_import TO sweep;
REVOKE ALL ON FUNCTION campaign_take_stock, campaign_hold_back FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaign_hold_back TO sweep, office;
GRANT EXECUTE ON FUNCTION campaign_take_stock TO sweep;
-- What was drawn up is what is approved: only what becomes of it is written afterwards.
GRANT SELECT, INSERT, UPDATE (state, stopped_because, position_done, first_share_done_at, content) ON campaign_batch TO sweep;
GRANT SELECT, INSERT, UPDATE (outcome, passed_over_because, done_at, undone_at, former) ON campaign_batchline TO sweep;
GRANT SELECT, INSERT, DELETE ON campaign_tally, campaign_regiontally, campaign_changed TO sweep;
GRANT SELECT, INSERT ON campaign_emergencycount TO sweep;
GRANT SELECT ON campaign_regiontally, campaign_emergencycount TO office, auditor;
GRANT SELECT, INSERT ON campaign_chunk, campaign_excuse TO sweep;
GRANT SELECT ON campaign_excuse TO office, auditor;
-- A named person answers for the unreached on the office's page.
GRANT INSERT ON campaign_excuse TO office;
GRANT SELECT, INSERT ON campaign_approval, campaign_complaint, campaign_staylift TO sweep, office;
-- A yes to the end of a stay is for one day, and said again for another.
GRANT UPDATE (last_day, agreed_at) ON campaign_staylift TO sweep, office;
-- A dispute that is taken up at a counter counts against the batch that acted on the line last.
GRANT SELECT (line_id, batch_id, outcome, done_at) ON campaign_batchline TO counter;
GRANT INSERT ON campaign_complaint TO counter;
GRANT SELECT ON campaign_campaign, campaign_member, campaign_batch, campaign_batchline, campaign_stay,
    campaign_sweepday, campaign_import, campaign_tally, campaign_chunk TO office, auditor;
-- The office approves, stops and asks for an undo; it never acts on a line itself.
GRANT UPDATE (state, stopped_because) ON campaign_batch TO office;
GRANT INSERT, UPDATE (days) ON campaign_stay TO office;
GRANT SELECT ON campaign_approval, campaign_complaint, campaign_staylift TO auditor;


-- Whom an incident exposed is no face's business: the office sees figures and clocks, asks for steps that the house carries
-- out, notes that the report went out, and closes.
GRANT SELECT, INSERT, UPDATE ON incidents_incident, incidents_duty TO sweep;
GRANT SELECT, INSERT, DELETE ON incidents_exposed TO sweep;
GRANT SELECT, INSERT ON incidents_remedy TO sweep;
GRANT SELECT, UPDATE ON incidents_step TO sweep;
GRANT SELECT ON incidents_stepyes TO sweep;
GRANT SELECT ON incidents_incident, incidents_duty, incidents_remedy, incidents_step, incidents_stepyes TO office, auditor;
GRANT UPDATE (closed_at) ON incidents_incident TO office;
GRANT UPDATE (met_at) ON incidents_duty TO office;
GRANT INSERT, UPDATE (state, ended_at) ON incidents_step TO office;
GRANT INSERT ON incidents_stepyes TO office;
-- Agents: a counter reads where it stands and notes what it took down; the office suspends, and settles what is unusual.
GRANT SELECT ON agents_agent, agents_met, agents_place, agents_post, agents_device, agents_audit, agents_finding, agents_taken,
    agents_picture, agents_case, agents_recheck TO counter, office, sweep, auditor;
GRANT INSERT ON agents_taken, agents_case TO counter;
-- How a copy looks, in keyed pieces: compared where it is taken down, forgotten by the house.
GRANT SELECT, INSERT ON agents_likeness TO counter, sweep;
GRANT DELETE ON agents_likeness TO sweep;
GRANT INSERT, UPDATE ON agents_picture TO counter;
GRANT INSERT, UPDATE ON agents_agent, agents_met, agents_place, agents_post, agents_device, agents_audit, agents_finding,
    agents_case, agents_recheck, agents_picture TO sweep;
GRANT INSERT ON agents_taken TO sweep;
GRANT UPDATE ON agents_agent, agents_device TO office;
GRANT UPDATE (settled_on, verdict) ON agents_case TO office;
GRANT INSERT ON agents_recheck TO office;
-- A device that is enrolled is a passkey of an account.
GRANT SELECT ON mfa_authenticator TO sweep;

-- Demands about one person are entered and answered by commands; the office sees how they stand and decides.
GRANT SELECT, INSERT, UPDATE ON disclosures_authority, disclosures_demand, disclosures_putoff TO sweep;
GRANT SELECT, INSERT ON disclosures_decision TO sweep, office;
GRANT SELECT ON disclosures_authority, disclosures_demand, disclosures_putoff TO office;
GRANT UPDATE (state, refused_because, closed_on) ON disclosures_demand TO office;
GRANT SELECT ON disclosures_authority, disclosures_decision, disclosures_putoff TO auditor;
-- Evidence: the raw counts of a quarter, small ones too, are read by who makes reports alone; faces see what was protected.
GRANT SELECT, INSERT ON evidence_quarter, evidence_report TO sweep;
GRANT SELECT ON evidence_report TO office, auditor;

-- Everybody is signed out from the console, where an incident asks for it.
GRANT DELETE ON django_session TO sweep;

-- One line at a time, and forgetting.
GRANT SELECT, INSERT ON enrolment_submission TO counter, sweep;
GRANT SELECT, INSERT, UPDATE ON retention_erasure TO sweep;
GRANT SELECT ON retention_erasure TO office, auditor;
GRANT SELECT, INSERT ON retention_run TO sweep;

-- The subscriber's own door. The portal reads nothing of the register: it writes down who knocks and what is asked, tries a
-- code, and takes an answer that it alone can open. It can make no visit and read none.
GRANT INSERT (knock_id, number_index, source_mark, language), SELECT (source_mark, made_at) ON rights_knock TO portal;
GRANT INSERT (ask_id, ask_mark, kind, asked, sealed, language, public_key), SELECT (ask_id, answer), DELETE ON rights_ask TO portal;
REVOKE ALL ON FUNCTION rights_try_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rights_try_code TO portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights_knock, rights_visit, rights_ask TO sweep;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights_keptcode TO sweep;
GRANT SELECT, INSERT ON rights_keptcode TO counter;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights_named TO sweep;
GRANT SELECT ON rights_named TO counter;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights_passkey TO sweep;
GRANT SELECT, INSERT, UPDATE ON rights_case TO sweep;
-- The counter opens a case where a dispute is taken up there, and decides none.
GRANT INSERT (case_id, line_id, holding_id, kind, about, opened_on, due_on, against, claimant_mark), SELECT (line_id, kind, due_on, settled_on)
    ON rights_case TO counter;
-- Who registered from afar and waits for the document to be seen: the counter compares marks and notes that it was; it
-- cannot select what is sealed.
GRANT SELECT, INSERT, UPDATE ON rights_application TO sweep;
GRANT SELECT (line_id, application_id, document_mark, name_mark, until, state, seen_key, said),
    UPDATE (state, seen_by, seen_at, seen_key, seen_language) ON rights_application TO counter;
GRANT UPDATE (is_protected) ON subscribers_subscriber TO sweep;
GRANT SELECT ON rights_case TO office, auditor;

-- An auditor draws lines by lot on the office's page and asks their holders; what a holder allows is opened by a command.
GRANT SELECT ON samples_sample, samples_item TO office, sweep;
GRANT INSERT ON samples_sample, samples_item TO office;
GRANT INSERT (line_id, consent_id, holding_id, sample_id, auditor_id, fields, asked_on, answer_by) ON rights_consent TO office;
GRANT SELECT ON rights_consent TO office, sweep;
GRANT UPDATE (agreed_on, through, taken_back_on) ON rights_consent TO sweep;

-- What a counter took down without a network. The counter hands it in and learns what came of it; it reads no sealed row,
-- and the instants are the register's own: neither is a column that it may write.
GRANT INSERT (ticket_id, staff_id, key_id) ON captures_ticket TO counter;
GRANT INSERT (submission_key, ticket_id, delivered_by, language, sealed, by_counter, deed, needs_second),
    SELECT (submission_key, ticket_id, delivered_by, outcome, said, deed, needs_second, received_at, agreed)
    ON captures_capture TO counter;
-- A second person says yes or no on a session of their own; the carrier does it or lets it go.
GRANT UPDATE (agreed, seconded_by, seconded_at) ON captures_capture TO counter;
GRANT SELECT (ticket_id, staff_id) ON captures_ticket TO counter;
GRANT SELECT, INSERT, DELETE ON captures_ticket TO sweep;
GRANT SELECT, INSERT, UPDATE, DELETE ON captures_capture TO sweep;
