-- Tells of each verb what its entries hold: `ledger_body` lets nothing else pass.
-- Law: art. 11; no article lets personal data into an entry.
-- Reads: its argument. Writes: nothing; three immutable functions are made.
-- Plan: no table.
-- Again: CREATE OR REPLACE: the same functions. Written by `make docs` from `ledger/verbs.py`; edit that instead.

-- For line, person, pack and article, in this order: + there, - not there, _ either. NULL for an unknown verb.
CREATE OR REPLACE FUNCTION ledger_references(verb text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE verb
    WHEN 'imports:lines:imported' THEN '----'
    WHEN 'imports:upload:received' THEN '----'
    WHEN 'imports:upload:decided' THEN '----'
    WHEN 'imports:upload:opened' THEN '----'
    WHEN 'imports:upload:destroyed' THEN '----'
    WHEN 'imports:line:undone' THEN '+---'
    WHEN 'imports:import:undone' THEN '----'
    WHEN 'campaign:campaign:planned' THEN '--++'
    WHEN 'campaign:campaign:closed' THEN '--++'
    WHEN 'campaign:campaign:cancelled' THEN '--+-'
    WHEN 'campaign:line:waived' THEN '+-++'
    WHEN 'campaign:clock:started' THEN '+-++'
    WHEN 'campaign:batch:prepared' THEN '--++'
    WHEN 'campaign:batch:approved' THEN '--+-'
    WHEN 'campaign:batch:started' THEN '--+-'
    WHEN 'campaign:batch:stopped' THEN '--+-'
    WHEN 'campaign:batch:finished' THEN '--+-'
    WHEN 'campaign:batch:undone' THEN '--+-'
    WHEN 'campaign:batch:undo_requested' THEN '--+-'
    WHEN 'campaign:undo:approved' THEN '--+-'
    WHEN 'campaign:undo:withdrawn' THEN '--+-'
    WHEN 'campaign:work:requested' THEN '----'
    WHEN 'campaign:nightly_run:finished' THEN '--++'
    WHEN 'campaign:stay:entered' THEN '----'
    WHEN 'campaign:member:released' THEN '+-++'
    WHEN 'campaign:stay:end_approved' THEN '----'
    WHEN 'campaign:stay:ended' THEN '----'
    WHEN 'campaign:outage_hours:exported' THEN '----'
    WHEN 'campaign:emergency_count:recorded' THEN '----'
    WHEN 'campaign:complaint:recorded' THEN '+---'
    WHEN 'campaign:line:explained' THEN '+---'
    WHEN 'line:line:activated' THEN '+++_'
    WHEN 'line:line:suspended' THEN '+-++'
    WHEN 'line:line:restored' THEN '+-+-'
    WHEN 'line:line:terminated' THEN '+-+_'
    WHEN 'line:line:relocated' THEN '+++_'
    WHEN 'line:sim:replaced' THEN '+---'
    WHEN 'line:tenure:registered' THEN '+++_'
    WHEN 'line:tenure:transferred' THEN '+++_'
    WHEN 'line:tenure:corrected' THEN '+++_'
    WHEN 'line:tenure:relinquished' THEN '+-+_'
    WHEN 'line:document:linked' THEN '+_--'
    WHEN 'line:document:unlinked' THEN '+_--'
    WHEN 'line:tenure:accepted' THEN '+++_'
    WHEN 'line:route:used' THEN '++++'
    WHEN 'line:limit:overridden' THEN '++++'
    WHEN 'line:copy:kept' THEN '++++'
    WHEN 'line:copy:erased' THEN '+_++'
    WHEN 'line:clock:paused' THEN '+-++'
    WHEN 'line:clock:resumed' THEN '+-++'
    WHEN 'line:evidence:seen' THEN '+---'
    WHEN 'line:line:reconnected' THEN '+-++'
    WHEN 'line:line:disputed' THEN '+---'
    WHEN 'line:line:dispute_settled' THEN '+---'
    WHEN 'line:receipt:accepted' THEN '+---'
    WHEN 'line:counter_code:issued' THEN '+---'
    WHEN 'line:line:looked_up' THEN '+---'
    WHEN 'line:access:recorded' THEN '_---'
    WHEN 'line:line:marked_essential' THEN '+---'
    WHEN 'line:number:freed' THEN '+-++'
    WHEN 'line:legal_hold:added' THEN '+---'
    WHEN 'line:legal_hold:ended' THEN '+---'
    WHEN 'line:record:erased' THEN '+-++'
    WHEN 'retention:erasure:approved' THEN '----'
    WHEN 'law:version:adopted' THEN '--+-'
    WHEN 'line:application:erased' THEN '----'
    WHEN 'notices:notice:delivered' THEN '+---'
    WHEN 'notices:notice:bounced' THEN '+---'
    WHEN 'notices:returned_letters:recorded' THEN '----'
    WHEN 'provisioning:command:confirmed' THEN '+---'
    WHEN 'provisioning:command:failed' THEN '+---'
    WHEN 'provisioning:lines:compared' THEN '----'
    WHEN 'vault:sealed:opened' THEN '__--'
    WHEN 'vault:sealed:refused' THEN '----'
    WHEN 'vault:canary:made' THEN '----'
    WHEN 'vault:canary:opened' THEN '----'
    WHEN 'vault:alarm:settled' THEN '----'
    WHEN 'vault:epoch:begun' THEN '----'
    WHEN 'vault:epoch:destroyed' THEN '----'
    WHEN 'vault:offline_key:begun' THEN '----'
    WHEN 'vault:offline_key:destroyed' THEN '----'
    WHEN 'vault:offline:opened' THEN '----'
    WHEN 'offline:registration:processed' THEN '_---'
    WHEN 'offline:approval:decided' THEN '----'
    WHEN 'access:staff:added' THEN '----'
    WHEN 'access:role:granted' THEN '----'
    WHEN 'access:role:ended' THEN '----'
    WHEN 'access:setting:changed' THEN '----'
    WHEN 'languages:texts:accepted' THEN '----'
    WHEN 'languages:texts:withdrawn' THEN '----'
    WHEN 'selfcare:code:sent' THEN '+---'
    WHEN 'selfcare:code:reserved' THEN '+---'
    WHEN 'selfcare:session:verified' THEN '+---'
    WHEN 'selfcare:session:not_verified' THEN '+---'
    WHEN 'selfcare:case:opened' THEN '+---'
    WHEN 'selfcare:case:assigned' THEN '+---'
    WHEN 'selfcare:case:settled' THEN '+---'
    WHEN 'selfcare:forgery:judged' THEN '+---'
    WHEN 'selfcare:delegate:added' THEN '+---'
    WHEN 'selfcare:delegate:removed' THEN '+---'
    WHEN 'selfcare:delegate:checked' THEN '+---'
    WHEN 'selfcare:passkey:added' THEN '+---'
    WHEN 'selfcare:passkey:removed' THEN '+---'
    WHEN 'selfcare:application:submitted' THEN '+-+_'
    WHEN 'selfcare:application:checked' THEN '+---'
    WHEN 'selfcare:application:settled' THEN '+---'
    WHEN 'selfcare:subscriber:protected' THEN '+---'
    WHEN 'selfcare:consent:requested' THEN '+---'
    WHEN 'selfcare:consent:given' THEN '+---'
    WHEN 'selfcare:consent:withdrawn' THEN '+---'
    WHEN 'reporting:audit_sample:drawn' THEN '----'
    WHEN 'access:staff:suspended' THEN '----'
    WHEN 'access:staff:reinstated' THEN '----'
    WHEN 'access:sign_in:attempted' THEN '----'
    WHEN 'access:invitation:made' THEN '----'
    WHEN 'access:invitation:accepted' THEN '----'
    WHEN 'access:session:ended' THEN '----'
    WHEN 'incidents:incident:opened' THEN '--+-'
    WHEN 'incidents:incident:scoped' THEN '----'
    WHEN 'incidents:remedy:applied' THEN '----'
    WHEN 'incidents:people:notified' THEN '----'
    WHEN 'incidents:duty:met' THEN '--++'
    WHEN 'incidents:step:approved' THEN '----'
    WHEN 'incidents:step:withdrawn' THEN '----'
    WHEN 'incidents:incident:closed' THEN '----'
    WHEN 'agents:agent:added' THEN '----'
    WHEN 'agents:requirement:attested' THEN '----'
    WHEN 'agents:agent:approved' THEN '--++'
    WHEN 'agents:agent:suspended' THEN '----'
    WHEN 'agents:agent:reinstated' THEN '----'
    WHEN 'agents:agent:terminated' THEN '----'
    WHEN 'agents:outlet:opened' THEN '----'
    WHEN 'agents:outlet:changed' THEN '----'
    WHEN 'agents:outlet:closed' THEN '----'
    WHEN 'agents:staff:assigned' THEN '----'
    WHEN 'agents:staff:unassigned' THEN '----'
    WHEN 'agents:device:registered' THEN '----'
    WHEN 'agents:device:removed' THEN '----'
    WHEN 'agents:agent:audited' THEN '----'
    WHEN 'agents:finding:remediated' THEN '----'
    WHEN 'agents:document_image:counted' THEN '----'
    WHEN 'agents:registration:recorded' THEN '+---'
    WHEN 'agents:case:opened' THEN '_---'
    WHEN 'agents:case:settled' THEN '_---'
    WHEN 'agents:reverification:started' THEN '+-+-'
    WHEN 'agents:reverification:notified' THEN '+---'
    WHEN 'agents:reverification:settled' THEN '+---'
    WHEN 'disclosures:authority:proposed' THEN '----'
    WHEN 'disclosures:authority:approved' THEN '----'
    WHEN 'disclosures:authority:removed' THEN '----'
    WHEN 'disclosures:request:entered' THEN '--+_'
    WHEN 'disclosures:request:approved' THEN '----'
    WHEN 'disclosures:request:refused' THEN '--__'
    WHEN 'disclosures:request:opened' THEN '--++'
    WHEN 'disclosures:request:delivered' THEN '----'
    WHEN 'disclosures:person:notified' THEN '----'
    WHEN 'disclosures:notification:deferred' THEN '--++'
    WHEN 'disclosures:request:expired' THEN '----'
    WHEN 'disclosures:request:erased' THEN '----'
    WHEN 'reporting:quarter:counted' THEN '----'
    WHEN 'reporting:report:made' THEN '----'
    WHEN 'reporting:report:published' THEN '----'
    WHEN 'reporting:evidence:disclosed' THEN '----'
    WHEN 'operations:backup:made' THEN '----'
    WHEN 'operations:instance:restored' THEN '----'
END;

-- For each fact, in the order of an entry: its name, its type, + or _ as above.
CREATE OR REPLACE FUNCTION ledger_entry_schema(verb text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE verb
    WHEN 'imports:lines:imported' THEN ARRAY[['barred', 'count', '+'], ['completed', 'count', '+'], ['file', 'digest', '+'], ['import', 'reference', '+'], ['known', 'count', '+'], ['left_out', 'count', '+'], ['lines', 'count', '+'], ['refused', 'count', '+'], ['registered', 'count', '+'], ['rows', 'count', '+']]
    WHEN 'imports:upload:received' THEN ARRAY[['upload', 'reference', '+']]
    WHEN 'imports:upload:decided' THEN ARRAY[['step', 'code', '+'], ['upload', 'reference', '+']]
    WHEN 'imports:upload:opened' THEN ARRAY[['step', 'code', '+'], ['upload', 'reference', '+']]
    WHEN 'imports:upload:destroyed' THEN ARRAY[['upload', 'reference', '+']]
    WHEN 'imports:line:undone' THEN ARRAY[['import', 'reference', '+']]
    WHEN 'imports:import:undone' THEN ARRAY[['import', 'reference', '+'], ['lines', 'count', '+']]
    WHEN 'campaign:campaign:planned' THEN ARRAY[['added', 'count', '+'], ['campaign', 'reference', '+'], ['members', 'count', '+']]
    WHEN 'campaign:campaign:closed' THEN ARRAY[['campaign', 'reference', '+'], ['out_of_scope', 'count', '+'], ['terminated', 'count', '+'], ['waived', 'count', '+']]
    WHEN 'campaign:campaign:cancelled' THEN ARRAY[['campaign', 'reference', '+'], ['members', 'count', '+'], ['notified', 'count', '+']]
    WHEN 'campaign:line:waived' THEN ARRAY[['because', 'code', '+'], ['campaign', 'reference', '+']]
    WHEN 'campaign:clock:started' THEN ARRAY[['anchor', 'day', '+'], ['promised', 'day', '_']]
    WHEN 'campaign:batch:prepared' THEN ARRAY[['action', 'code', '+'], ['bars', 'code', '_'], ['batch', 'reference', '+'], ['content', 'digest', '_'], ['due_on', 'day', '+'], ['lines', 'count', '+']]
    WHEN 'campaign:batch:approved' THEN ARRAY[['batch', 'reference', '+'], ['content', 'digest', '_'], ['enough', 'flag', '+'], ['people', 'count', '+']]
    WHEN 'campaign:batch:started' THEN ARRAY[['batch', 'reference', '+'], ['position', 'count', '+']]
    WHEN 'campaign:batch:stopped' THEN ARRAY[['batch', 'reference', '+'], ['because', 'code', '+'], ['position', 'count', '_']]
    WHEN 'campaign:batch:finished' THEN ARRAY[['batch', 'reference', '+'], ['position', 'count', '+']]
    WHEN 'campaign:batch:undone' THEN ARRAY[['batch', 'reference', '+'], ['undone', 'count', '+']]
    WHEN 'campaign:batch:undo_requested' THEN ARRAY[['batch', 'reference', '+']]
    WHEN 'campaign:undo:approved' THEN ARRAY[['batch', 'reference', '+'], ['because', 'code', '+'], ['enough', 'flag', '+'], ['people', 'count', '+'], ['request', 'reference', '+']]
    WHEN 'campaign:undo:withdrawn' THEN ARRAY[['batch', 'reference', '+'], ['request', 'reference', '+']]
    WHEN 'campaign:work:requested' THEN ARRAY[['batch', 'reference', '_'], ['due_on', 'day', '_'], ['kind', 'code', '+'], ['request', 'reference', '+']]
    WHEN 'campaign:nightly_run:finished' THEN ARRAY[['campaign', 'reference', '+'], ['out_of_scope', 'count', '+'], ['postponed', 'count', '+'], ['reminded', 'count', '_'], ['started', 'count', '+']]
    WHEN 'campaign:stay:entered' THEN ARRAY[['campaign', 'reference', '_'], ['first', 'day', '+'], ['last', 'day', '_'], ['stay', 'reference', '+']]
    WHEN 'campaign:member:released' THEN ARRAY[['stage', 'code', '+']]
    WHEN 'campaign:stay:end_approved' THEN ARRAY[['last', 'day', '+'], ['stay', 'reference', '+']]
    WHEN 'campaign:stay:ended' THEN ARRAY[['last', 'day', '+'], ['stay', 'reference', '+']]
    WHEN 'campaign:outage_hours:exported' THEN ARRAY[['file', 'digest', '+'], ['first', 'day', '+'], ['last', 'day', '+'], ['stretches', 'count', '+']]
    WHEN 'campaign:emergency_count:recorded' THEN ARRAY[['anomalies', 'count', '+']]
    WHEN 'campaign:complaint:recorded' THEN ARRAY[['batch', 'reference', '_']]
    WHEN 'campaign:line:explained' THEN ARRAY[['about', 'day', '+']]
    WHEN 'line:line:activated' THEN ARRAY[['service', 'code', '+']]
    WHEN 'line:line:suspended' THEN ARRAY[['anchor', 'day', '+'], ['bars', 'code', '_'], ['batch', 'reference', '+'], ['last_day', 'day', '+']]
    WHEN 'line:line:restored' THEN ARRAY[['to', 'code', '+'], ['undone_batch', 'reference', '+']]
    WHEN 'line:line:terminated' THEN ARRAY[['anchor', 'day', '_'], ['batch', 'reference', '_'], ['by', 'code', '_'], ['last_day', 'day', '_']]
    WHEN 'line:line:relocated' THEN ARRAY[['act', 'code', '_'], ['assurance', 'code', '+'], ['authority_shown', 'flag', '_'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['identity_check', 'code', '_'], ['party_kind', 'code', '+'], ['payment', 'code', '_'], ['tenure', 'reference', '_'], ['user', 'digest', '_']]
    WHEN 'line:tenure:registered' THEN ARRAY[['act', 'code', '_'], ['assurance', 'code', '+'], ['authority_shown', 'flag', '_'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['identity_check', 'code', '_'], ['party_kind', 'code', '+'], ['payment', 'code', '_'], ['tenure', 'reference', '_'], ['user', 'digest', '_']]
    WHEN 'line:tenure:transferred' THEN ARRAY[['act', 'code', '_'], ['assurance', 'code', '+'], ['authority_shown', 'flag', '_'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['identity_check', 'code', '_'], ['party_kind', 'code', '+'], ['payment', 'code', '_'], ['tenure', 'reference', '_'], ['user', 'digest', '_']]
    WHEN 'line:tenure:corrected' THEN ARRAY[['act', 'code', '_'], ['assurance', 'code', '+'], ['authority_shown', 'flag', '_'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['identity_check', 'code', '_'], ['party_kind', 'code', '+'], ['payment', 'code', '_'], ['tenure', 'reference', '_'], ['user', 'digest', '_']]
    WHEN 'line:tenure:relinquished' THEN ARRAY[['transferee_presence', 'code', '+'], ['transferor_assurance', 'code', '_'], ['transferor_presence', 'code', '_']]
    WHEN 'line:document:linked' THEN ARRAY[['already_known', 'flag', '+'], ['assurance', 'code', '+']]
    WHEN 'line:tenure:accepted' THEN ARRAY[['act', 'code', '_'], ['assurance', 'code', '+'], ['authority_shown', 'flag', '_'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['identity_check', 'code', '_'], ['party_kind', 'code', '+'], ['payment', 'code', '_'], ['tenure', 'reference', '_'], ['user', 'digest', '_']]
    WHEN 'line:route:used' THEN ARRAY[['route', 'code', '+'], ['through', 'day', '_']]
    WHEN 'line:copy:kept' THEN ARRAY[['copies', 'count', '+'], ['tenure', 'reference', '+']]
    WHEN 'line:copy:erased' THEN ARRAY[['erasure', 'reference', '+'], ['last_day_kept', 'day', '+'], ['tenure', 'reference', '+']]
    WHEN 'line:clock:paused' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '_'], ['reason', 'code', '+']]
    WHEN 'line:clock:resumed' THEN ARRAY[['last', 'day', '+'], ['reason', 'code', '+']]
    WHEN 'line:evidence:seen' THEN ARRAY[['reason', 'code', '+']]
    WHEN 'line:line:reconnected' THEN ARRAY[['hours', 'count', '+'], ['last', 'day', '+']]
    WHEN 'line:receipt:accepted' THEN ARRAY[['day', 'day', '+'], ['done', 'code', '+'], ['known', 'flag', '+'], ['lifted', 'flag', '+'], ['receipt', 'digest', '+']]
    WHEN 'line:access:recorded' THEN ARRAY[['matched', 'flag', '_'], ['outcome', 'code', '+'], ['reached', 'code', '_']]
    WHEN 'line:line:marked_essential' THEN ARRAY[['essential', 'flag', '+']]
    WHEN 'line:legal_hold:added' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+'], ['review_on', 'day', '+']]
    WHEN 'line:legal_hold:ended' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+']]
    WHEN 'line:record:erased' THEN ARRAY[['erasure', 'reference', '+'], ['ground', 'code', '+'], ['last_day_kept', 'day', '_'], ['tenure', 'reference', '_']]
    WHEN 'retention:erasure:approved' THEN ARRAY[['enough', 'flag', '+'], ['people', 'count', '+'], ['records', 'count', '+']]
    WHEN 'law:version:adopted' THEN ARRAY[['enough', 'flag', '+'], ['people', 'count', '+']]
    WHEN 'line:application:erased' THEN ARRAY[['keys', 'count', '+']]
    WHEN 'notices:notice:delivered' THEN ARRAY[['attempt', 'reference', '+'], ['channel', 'code', '+'], ['delivered_on', 'day', '_'], ['kind', 'code', '+'], ['notice', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'notices:notice:bounced' THEN ARRAY[['attempt', 'reference', '+'], ['channel', 'code', '+'], ['delivered_on', 'day', '_'], ['kind', 'code', '+'], ['notice', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'notices:returned_letters:recorded' THEN ARRAY[['letters', 'count', '+']]
    WHEN 'provisioning:command:confirmed' THEN ARRAY[['batch', 'reference', '_'], ['command', 'reference', '+'], ['kind', 'code', '+'], ['read_back', 'code', '_'], ['tries', 'count', '+']]
    WHEN 'provisioning:command:failed' THEN ARRAY[['batch', 'reference', '_'], ['command', 'reference', '+'], ['kind', 'code', '+'], ['read_back', 'code', '_'], ['tries', 'count', '+']]
    WHEN 'provisioning:lines:compared' THEN ARRAY[['differences', 'count', '+'], ['lines', 'count', '+'], ['never_commanded', 'count', '+']]
    WHEN 'vault:sealed:opened' THEN ARRAY[['consent', 'reference', '_'], ['disclosure', 'reference', '_'], ['field', 'code', '+'], ['purpose', 'code', '+'], ['second', 'actor', '_'], ['tenure', 'reference', '_']]
    WHEN 'vault:sealed:refused' THEN ARRAY[['asked', 'count', '+'], ['consent', 'reference', '_'], ['disclosure', 'reference', '_'], ['field', 'code', '+'], ['purpose', 'code', '+'], ['tenure', 'reference', '_']]
    WHEN 'vault:canary:made' THEN ARRAY[['epoch', 'count', '+']]
    WHEN 'vault:alarm:settled' THEN ARRAY[['entry', 'count', '+']]
    WHEN 'vault:epoch:begun' THEN ARRAY[['epoch', 'count', '+'], ['public_half', 'digest', '+']]
    WHEN 'vault:epoch:destroyed' THEN ARRAY[['epoch', 'count', '+'], ['line_values', 'count', '+'], ['people', 'count', '+']]
    WHEN 'vault:offline_key:begun' THEN ARRAY[['key', 'count', '+'], ['public_half', 'digest', '+']]
    WHEN 'vault:offline_key:destroyed' THEN ARRAY[['key', 'count', '+']]
    WHEN 'vault:offline:opened' THEN ARRAY[['key', 'count', '+'], ['ticket', 'reference', '+']]
    WHEN 'offline:registration:processed' THEN ARRAY[['action_kind', 'code', '_'], ['adjusted', 'flag', '_'], ['clock', 'code', '+'], ['effective_at', 'instant', '+'], ['outcome', 'code', '+'], ['received_at', 'instant', '+'], ['ticket', 'reference', '+']]
    WHEN 'offline:approval:decided' THEN ARRAY[['action_kind', 'code', '+'], ['approved', 'flag', '+'], ['ticket', 'reference', '+']]
    WHEN 'access:staff:added' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'access:role:granted' THEN ARRAY[['role', 'code', '+'], ['staff', 'digest', '+']]
    WHEN 'access:role:ended' THEN ARRAY[['role', 'code', '+'], ['staff', 'digest', '+']]
    WHEN 'access:setting:changed' THEN ARRAY[['setting', 'code', '+'], ['table', 'code', '+'], ['value', 'digest', '+']]
    WHEN 'languages:texts:accepted' THEN ARRAY[['acceptance', 'reference', '+'], ['language', 'code', '+'], ['read_on', 'day', '+'], ['texts', 'digest', '+']]
    WHEN 'languages:texts:withdrawn' THEN ARRAY[['acceptance', 'reference', '+'], ['language', 'code', '+']]
    WHEN 'selfcare:code:sent' THEN ARRAY[['channel', 'code', '+']]
    WHEN 'selfcare:case:opened' THEN ARRAY[['about', 'code', '_'], ['case', 'reference', '+'], ['due_on', 'day', '+'], ['kind', 'code', '+']]
    WHEN 'selfcare:case:assigned' THEN ARRAY[['case', 'reference', '+'], ['kind', 'code', '+'], ['taken', 'flag', '+']]
    WHEN 'selfcare:case:settled' THEN ARRAY[['because', 'code', '_'], ['case', 'reference', '+'], ['kind', 'code', '+'], ['upheld', 'flag', '+']]
    WHEN 'selfcare:forgery:judged' THEN ARRAY[['case', 'reference', '+'], ['enough', 'flag', '+'], ['forged', 'flag', '+']]
    WHEN 'selfcare:delegate:added' THEN ARRAY[['part', 'code', '+']]
    WHEN 'selfcare:delegate:removed' THEN ARRAY[['part', 'code', '+']]
    WHEN 'selfcare:delegate:checked' THEN ARRAY[['matches', 'flag', '+'], ['part', 'code', '+']]
    WHEN 'selfcare:application:submitted' THEN ARRAY[['application', 'reference', '+'], ['machine_read', 'flag', '+'], ['pending', 'flag', '+'], ['through', 'day', '_']]
    WHEN 'selfcare:application:checked' THEN ARRAY[['application', 'reference', '+']]
    WHEN 'selfcare:application:settled' THEN ARRAY[['application', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'selfcare:subscriber:protected' THEN ARRAY[['protected', 'flag', '+']]
    WHEN 'selfcare:consent:requested' THEN ARRAY[['answer_by', 'day', '+'], ['consent', 'reference', '+'], ['fields', 'count', '+'], ['sample', 'reference', '+']]
    WHEN 'selfcare:consent:given' THEN ARRAY[['consent', 'reference', '+'], ['through', 'day', '+']]
    WHEN 'selfcare:consent:withdrawn' THEN ARRAY[['consent', 'reference', '+']]
    WHEN 'reporting:audit_sample:drawn' THEN ARRAY[['first', 'day', '+'], ['kind', 'code', '+'], ['last', 'day', '+'], ['lines', 'count', '+'], ['sample', 'reference', '+'], ['seed', 'digest', '+'], ['size', 'count', '+']]
    WHEN 'access:staff:suspended' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'access:staff:reinstated' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'access:sign_in:attempted' THEN ARRAY[['app', 'code', '+'], ['outcome', 'code', '+'], ['source', 'code', '+'], ['staff', 'digest', '+']]
    WHEN 'access:invitation:made' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'access:invitation:accepted' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'access:session:ended' THEN ARRAY[['sessions', 'count', '+'], ['staff', 'digest', '+']]
    WHEN 'incidents:incident:opened' THEN ARRAY[['about', 'code', '+'], ['drill', 'flag', '+'], ['incident', 'reference', '+'], ['severity', 'code', '+']]
    WHEN 'incidents:incident:scoped' THEN ARRAY[['incident', 'reference', '+'], ['openings', 'count', '+'], ['people', 'count', '+'], ['unregistered_lines', 'count', '+']]
    WHEN 'incidents:remedy:applied' THEN ARRAY[['incident', 'reference', '+'], ['remedy', 'code', '+'], ['touched', 'count', '+']]
    WHEN 'incidents:people:notified' THEN ARRAY[['incident', 'reference', '+'], ['notices', 'count', '+'], ['unreachable', 'count', '+']]
    WHEN 'incidents:duty:met' THEN ARRAY[['drill', 'flag', '+'], ['in_time', 'flag', '+'], ['incident', 'reference', '+'], ['to', 'code', '+']]
    WHEN 'incidents:step:approved' THEN ARRAY[['enough', 'flag', '+'], ['incident', 'reference', '+'], ['people', 'count', '+'], ['step', 'code', '+']]
    WHEN 'incidents:step:withdrawn' THEN ARRAY[['incident', 'reference', '+'], ['step', 'code', '+']]
    WHEN 'incidents:incident:closed' THEN ARRAY[['drill', 'flag', '+'], ['incident', 'reference', '+']]
    WHEN 'agents:agent:added' THEN ARRAY[['agent', 'reference', '+'], ['limit', 'count', '+']]
    WHEN 'agents:requirement:attested' THEN ARRAY[['agent', 'reference', '+'], ['evidence', 'digest', '+'], ['renew_by', 'day', '+'], ['requirement', 'code', '+']]
    WHEN 'agents:agent:approved' THEN ARRAY[['agent', 'reference', '+']]
    WHEN 'agents:agent:suspended' THEN ARRAY[['accounts', 'count', '+'], ['agent', 'reference', '+'], ['because', 'code', '+'], ['lines', 'count', '+']]
    WHEN 'agents:agent:reinstated' THEN ARRAY[['accounts', 'count', '+'], ['agent', 'reference', '+']]
    WHEN 'agents:agent:terminated' THEN ARRAY[['accounts', 'count', '+'], ['agent', 'reference', '+']]
    WHEN 'agents:outlet:opened' THEN ARRAY[['agent', 'reference', '+'], ['outlet', 'reference', '+']]
    WHEN 'agents:outlet:changed' THEN ARRAY[['agent', 'reference', '+'], ['outlet', 'reference', '+']]
    WHEN 'agents:outlet:closed' THEN ARRAY[['agent', 'reference', '+'], ['outlet', 'reference', '+']]
    WHEN 'agents:staff:assigned' THEN ARRAY[['agent', 'reference', '+'], ['outlet', 'reference', '+'], ['staff', 'digest', '+']]
    WHEN 'agents:staff:unassigned' THEN ARRAY[['agent', 'reference', '+'], ['outlet', 'reference', '+'], ['staff', 'digest', '+']]
    WHEN 'agents:device:registered' THEN ARRAY[['agent', 'reference', '+'], ['device', 'reference', '+'], ['outlet', 'reference', '+']]
    WHEN 'agents:device:removed' THEN ARRAY[['agent', 'reference', '+'], ['device', 'reference', '+'], ['outlet', 'reference', '+']]
    WHEN 'agents:agent:audited' THEN ARRAY[['agent', 'reference', '+'], ['audit', 'reference', '+'], ['major', 'count', '+'], ['minor', 'count', '+'], ['next_by', 'day', '+']]
    WHEN 'agents:finding:remediated' THEN ARRAY[['agent', 'reference', '+'], ['finding', 'reference', '+'], ['in_time', 'flag', '+']]
    WHEN 'agents:document_image:counted' THEN ARRAY[['agent', 'reference', '+'], ['outlet', 'reference', '+']]
    WHEN 'agents:registration:recorded' THEN ARRAY[['agent', 'reference', '+'], ['device', 'reference', '_'], ['outlet', 'reference', '+']]
    WHEN 'agents:case:opened' THEN ARRAY[['agent', 'reference', '+'], ['case', 'reference', '+'], ['outlet', 'reference', '_'], ['pattern', 'code', '+']]
    WHEN 'agents:case:settled' THEN ARRAY[['agent', 'reference', '+'], ['case', 'reference', '+'], ['pattern', 'code', '+'], ['verdict', 'code', '+']]
    WHEN 'agents:reverification:started' THEN ARRAY[['agent', 'reference', '+']]
    WHEN 'agents:reverification:notified' THEN ARRAY[['agent', 'reference', '+'], ['due_on', 'day', '+']]
    WHEN 'agents:reverification:settled' THEN ARRAY[['agent', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'disclosures:authority:proposed' THEN ARRAY[['authority', 'reference', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:authority:approved' THEN ARRAY[['authority', 'reference', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:authority:removed' THEN ARRAY[['authority', 'reference', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:request:entered' THEN ARRAY[['authority', 'reference', '+'], ['disclosure', 'reference', '+'], ['fields', 'count', '+'], ['instrument', 'code', '+']]
    WHEN 'disclosures:request:approved' THEN ARRAY[['disclosure', 'reference', '+'], ['enough', 'flag', '+']]
    WHEN 'disclosures:request:refused' THEN ARRAY[['because', 'code', '+'], ['by_law', 'flag', '+'], ['disclosure', 'reference', '+']]
    WHEN 'disclosures:request:opened' THEN ARRAY[['disclosure', 'reference', '+'], ['fields', 'count', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:request:delivered' THEN ARRAY[['disclosure', 'reference', '+'], ['file', 'digest', '+']]
    WHEN 'disclosures:person:notified' THEN ARRAY[['deferred_until', 'day', '_'], ['disclosure', 'reference', '+'], ['reached', 'flag', '+']]
    WHEN 'disclosures:notification:deferred' THEN ARRAY[['because', 'code', '+'], ['disclosure', 'reference', '+'], ['renewal', 'count', '+'], ['until', 'day', '+']]
    WHEN 'disclosures:request:expired' THEN ARRAY[['disclosure', 'reference', '+']]
    WHEN 'disclosures:request:erased' THEN ARRAY[['disclosure', 'reference', '+']]
    WHEN 'reporting:quarter:counted' THEN ARRAY[['first', 'day', '+'], ['size', 'count', '+']]
    WHEN 'reporting:report:made' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+'], ['report', 'digest', '+']]
    WHEN 'reporting:report:published' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+'], ['report', 'digest', '+']]
    WHEN 'reporting:evidence:disclosed' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+'], ['size', 'count', '+'], ['staff', 'digest', '+']]
    WHEN 'operations:backup:made' THEN ARRAY[['bytes', 'count', '+'], ['sha256', 'digest', '+'], ['store', 'code', '+']]
    WHEN 'operations:instance:restored' THEN ARRAY[['erased_again', 'count', '+'], ['keys_made_at', 'instant', '+'], ['opening', 'count', '+'], ['register_made_at', 'instant', '+'], ['without_key', 'count', '+']]
END;

-- The facts that an erased entry keeps, since reports count by them.
CREATE OR REPLACE FUNCTION ledger_kept_facts(verb text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE verb
    WHEN 'agents:case:opened' THEN ARRAY['pattern']
    WHEN 'agents:reverification:settled' THEN ARRAY['outcome']
    WHEN 'line:copy:erased' THEN ARRAY['last_day_kept']
    WHEN 'line:line:suspended' THEN ARRAY['bars']
    WHEN 'line:line:terminated' THEN ARRAY['by']
    WHEN 'line:tenure:registered' THEN ARRAY['assurance']
    WHEN 'notices:notice:bounced' THEN ARRAY['channel']
    WHEN 'notices:notice:delivered' THEN ARRAY['channel']
    WHEN 'selfcare:case:opened' THEN ARRAY['kind']
    WHEN 'selfcare:case:settled' THEN ARRAY['upheld']
    WHEN 'selfcare:forgery:judged' THEN ARRAY['enough', 'forged']
    WHEN 'vault:sealed:opened' THEN ARRAY['purpose']
    ELSE '{}'::text[]
END;
