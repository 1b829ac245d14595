-- Tells of each verb what its entries hold: `ledger_body` lets nothing else pass.
-- Law: art. 11; no article lets personal data into an entry.
-- Reads: its argument. Writes: nothing; two immutable functions are made.
-- Plan: no table.
-- Again: CREATE OR REPLACE: the same functions. Written by `make docs` from `ledger/verbs.py`; edit that instead.

-- For line, person, pack and article, in this order: + there, - not there, _ either. NULL for an unknown verb.
CREATE OR REPLACE FUNCTION ledger_references(verb text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE verb
    WHEN 'campaign:lines:imported' THEN '----'
    WHEN 'campaign:campaign:planned' THEN '--++'
    WHEN 'campaign:campaign:closed' THEN '--++'
    WHEN 'campaign:line:excused' THEN '+-++'
    WHEN 'campaign:clock:started' THEN '+-++'
    WHEN 'campaign:batch:drawn_up' THEN '--++'
    WHEN 'campaign:batch:approved' THEN '--+-'
    WHEN 'campaign:batch:started' THEN '--+-'
    WHEN 'campaign:batch:stopped' THEN '--+-'
    WHEN 'campaign:batch:finished' THEN '--+-'
    WHEN 'campaign:batch:undone' THEN '--+-'
    WHEN 'campaign:batch:undo_asked' THEN '--+-'
    WHEN 'campaign:sweep:ran' THEN '--++'
    WHEN 'campaign:stay:entered' THEN '----'
    WHEN 'campaign:member:let_go' THEN '+-++'
    WHEN 'campaign:stay:lift_agreed' THEN '----'
    WHEN 'campaign:stay:lifted' THEN '----'
    WHEN 'campaign:hours_off:exported' THEN '----'
    WHEN 'campaign:emergency:counted' THEN '----'
    WHEN 'campaign:complaint:recorded' THEN '+---'
    WHEN 'campaign:line:explained' THEN '+---'
    WHEN 'line:line:activated' THEN '+++_'
    WHEN 'line:line:suspended' THEN '+-++'
    WHEN 'line:line:restored' THEN '+-+-'
    WHEN 'line:line:ended' THEN '+-+_'
    WHEN 'line:line:relocated' THEN '+++_'
    WHEN 'line:sim:replaced' THEN '+---'
    WHEN 'line:holding:registered' THEN '+++_'
    WHEN 'line:holding:transferred' THEN '+++_'
    WHEN 'line:holding:corrected' THEN '+++_'
    WHEN 'line:holding:given_up' THEN '+-+_'
    WHEN 'line:document:joined' THEN '+_--'
    WHEN 'line:document:parted' THEN '+_--'
    WHEN 'line:holding:accepted' THEN '+++_'
    WHEN 'line:route:taken' THEN '++++'
    WHEN 'line:limit:passed' THEN '++++'
    WHEN 'line:copy:kept' THEN '++++'
    WHEN 'line:clock:paused' THEN '+-++'
    WHEN 'line:clock:resumed' THEN '+-++'
    WHEN 'line:proof:seen' THEN '+---'
    WHEN 'line:line:lifted_for_hours' THEN '+-++'
    WHEN 'line:line:disputed' THEN '+---'
    WHEN 'line:line:dispute_settled' THEN '+---'
    WHEN 'line:receipt:taken_up' THEN '+---'
    WHEN 'line:code:given' THEN '+---'
    WHEN 'line:line:looked_up' THEN '+---'
    WHEN 'line:line:protected' THEN '+---'
    WHEN 'line:number:freed' THEN '+-++'
    WHEN 'line:erasure:held' THEN '+---'
    WHEN 'line:erasure:hold_ended' THEN '+---'
    WHEN 'line:record:erased' THEN '+-++'
    WHEN 'line:application:erased' THEN '----'
    WHEN 'notices:notice:delivered' THEN '+---'
    WHEN 'notices:notice:bounced' THEN '+---'
    WHEN 'notices:letters:noted' THEN '----'
    WHEN 'network:command:confirmed' THEN '+---'
    WHEN 'network:command:failed' THEN '+---'
    WHEN 'network:lines:compared' THEN '----'
    WHEN 'vault:sealed:opened' THEN '__--'
    WHEN 'vault:sealed:refused' THEN '----'
    WHEN 'vault:canary:made' THEN '----'
    WHEN 'vault:canary:opened' THEN '----'
    WHEN 'vault:alarm:settled' THEN '----'
    WHEN 'vault:epoch:begun' THEN '----'
    WHEN 'vault:epoch:destroyed' THEN '----'
    WHEN 'vault:capture_key:begun' THEN '----'
    WHEN 'vault:capture_key:destroyed' THEN '----'
    WHEN 'vault:capture:opened' THEN '----'
    WHEN 'captures:capture:carried' THEN '_---'
    WHEN 'captures:capture:confirmed' THEN '----'
    WHEN 'access:staff:added' THEN '----'
    WHEN 'access:role:granted' THEN '----'
    WHEN 'access:role:ended' THEN '----'
    WHEN 'rights:code:sent' THEN '+---'
    WHEN 'rights:code:kept' THEN '+---'
    WHEN 'rights:visit:proved' THEN '+---'
    WHEN 'rights:visit:not_proved' THEN '+---'
    WHEN 'rights:case:opened' THEN '+---'
    WHEN 'rights:case:settled' THEN '+---'
    WHEN 'rights:party:named' THEN '+---'
    WHEN 'rights:party:unnamed' THEN '+---'
    WHEN 'rights:party:checked' THEN '+---'
    WHEN 'rights:passkey:added' THEN '+---'
    WHEN 'rights:passkey:removed' THEN '+---'
    WHEN 'rights:application:made' THEN '+-+_'
    WHEN 'rights:application:seen' THEN '+---'
    WHEN 'rights:application:settled' THEN '+---'
    WHEN 'rights:record:protected' THEN '+---'
    WHEN 'rights:consent:asked' THEN '+---'
    WHEN 'rights:consent:given' THEN '+---'
    WHEN 'rights:consent:taken_back' THEN '+---'
    WHEN 'samples:sample:drawn' THEN '----'
    WHEN 'access:staff:suspended' THEN '----'
    WHEN 'access:staff:reinstated' THEN '----'
    WHEN 'incidents:incident:opened' THEN '--+-'
    WHEN 'incidents:incident:scoped' THEN '----'
    WHEN 'incidents:remedy:taken' THEN '----'
    WHEN 'incidents:people:told' THEN '----'
    WHEN 'incidents:duty:met' THEN '--++'
    WHEN 'incidents:step:agreed' THEN '----'
    WHEN 'incidents:step:withdrawn' THEN '----'
    WHEN 'incidents:incident:closed' THEN '----'
    WHEN 'agents:agent:entered' THEN '----'
    WHEN 'agents:requirement:shown' THEN '----'
    WHEN 'agents:agent:admitted' THEN '--++'
    WHEN 'agents:agent:suspended' THEN '----'
    WHEN 'agents:agent:reinstated' THEN '----'
    WHEN 'agents:agent:ended' THEN '----'
    WHEN 'agents:place:opened' THEN '----'
    WHEN 'agents:place:changed' THEN '----'
    WHEN 'agents:place:closed' THEN '----'
    WHEN 'agents:staff:posted' THEN '----'
    WHEN 'agents:staff:withdrawn' THEN '----'
    WHEN 'agents:device:enrolled' THEN '----'
    WHEN 'agents:device:ended' THEN '----'
    WHEN 'agents:agent:audited' THEN '----'
    WHEN 'agents:finding:mended' THEN '----'
    WHEN 'agents:picture:taken' THEN '----'
    WHEN 'agents:registration:taken' THEN '+---'
    WHEN 'agents:case:opened' THEN '_---'
    WHEN 'agents:case:settled' THEN '_---'
    WHEN 'agents:recheck:begun' THEN '+-+-'
    WHEN 'agents:recheck:told' THEN '+---'
    WHEN 'agents:recheck:settled' THEN '+---'
    WHEN 'disclosures:authority:proposed' THEN '----'
    WHEN 'disclosures:authority:admitted' THEN '----'
    WHEN 'disclosures:authority:ended' THEN '----'
    WHEN 'disclosures:demand:entered' THEN '--+_'
    WHEN 'disclosures:demand:approved' THEN '----'
    WHEN 'disclosures:demand:refused' THEN '--__'
    WHEN 'disclosures:demand:opened' THEN '--++'
    WHEN 'disclosures:demand:handed_over' THEN '----'
    WHEN 'disclosures:person:told' THEN '----'
    WHEN 'disclosures:telling:put_off' THEN '--++'
    WHEN 'disclosures:demand:expired' THEN '----'
    WHEN 'disclosures:demand:erased' THEN '----'
    WHEN 'evidence:quarter:counted' THEN '----'
    WHEN 'evidence:report:made' THEN '----'
    WHEN 'site:backup:made' THEN '----'
    WHEN 'site:home:restored' THEN '----'
END;

-- For each fact, in the order in which they stand in an entry: its name, its kind, + or _ as above.
CREATE OR REPLACE FUNCTION ledger_form(verb text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE verb
    WHEN 'campaign:lines:imported' THEN ARRAY[['file', 'digest', '+'], ['import', 'reference', '+'], ['known', 'count', '+'], ['lines', 'count', '+'], ['refused', 'count', '+'], ['registered', 'count', '+'], ['rows', 'count', '+']]
    WHEN 'campaign:campaign:planned' THEN ARRAY[['added', 'count', '+'], ['campaign', 'reference', '+'], ['members', 'count', '+']]
    WHEN 'campaign:campaign:closed' THEN ARRAY[['campaign', 'reference', '+'], ['ended', 'count', '+'], ['excused', 'count', '+'], ['left', 'count', '+']]
    WHEN 'campaign:line:excused' THEN ARRAY[['because', 'code', '+'], ['campaign', 'reference', '+']]
    WHEN 'campaign:clock:started' THEN ARRAY[['anchor', 'day', '+'], ['promised', 'day', '_']]
    WHEN 'campaign:batch:drawn_up' THEN ARRAY[['action', 'code', '+'], ['batch', 'reference', '+'], ['content', 'digest', '_'], ['due_on', 'day', '+'], ['lines', 'count', '+']]
    WHEN 'campaign:batch:approved' THEN ARRAY[['batch', 'reference', '+'], ['content', 'digest', '_'], ['enough', 'flag', '+'], ['people', 'count', '+']]
    WHEN 'campaign:batch:started' THEN ARRAY[['batch', 'reference', '+'], ['position', 'count', '+']]
    WHEN 'campaign:batch:stopped' THEN ARRAY[['batch', 'reference', '+'], ['because', 'code', '+'], ['position', 'count', '_']]
    WHEN 'campaign:batch:finished' THEN ARRAY[['batch', 'reference', '+'], ['position', 'count', '+']]
    WHEN 'campaign:batch:undone' THEN ARRAY[['batch', 'reference', '+'], ['undone', 'count', '+']]
    WHEN 'campaign:batch:undo_asked' THEN ARRAY[['batch', 'reference', '+']]
    WHEN 'campaign:sweep:ran' THEN ARRAY[['campaign', 'reference', '+'], ['left', 'count', '+'], ['put_off', 'count', '+'], ['reminded', 'count', '_'], ['started', 'count', '+']]
    WHEN 'campaign:stay:entered' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '_'], ['stay', 'reference', '+']]
    WHEN 'campaign:member:let_go' THEN ARRAY[['stage', 'code', '+']]
    WHEN 'campaign:stay:lift_agreed' THEN ARRAY[['last', 'day', '+'], ['stay', 'reference', '+']]
    WHEN 'campaign:stay:lifted' THEN ARRAY[['last', 'day', '+'], ['stay', 'reference', '+']]
    WHEN 'campaign:hours_off:exported' THEN ARRAY[['file', 'digest', '+'], ['first', 'day', '+'], ['last', 'day', '+'], ['stretches', 'count', '+']]
    WHEN 'campaign:emergency:counted' THEN ARRAY[['anomalies', 'count', '+']]
    WHEN 'campaign:complaint:recorded' THEN ARRAY[['batch', 'reference', '_']]
    WHEN 'campaign:line:explained' THEN ARRAY[['about', 'day', '+']]
    WHEN 'line:line:activated' THEN ARRAY[['service', 'code', '+']]
    WHEN 'line:line:suspended' THEN ARRAY[['anchor', 'day', '+'], ['batch', 'reference', '+'], ['last_day', 'day', '+']]
    WHEN 'line:line:restored' THEN ARRAY[['to', 'code', '+'], ['undone_batch', 'reference', '+']]
    WHEN 'line:line:ended' THEN ARRAY[['anchor', 'day', '_'], ['batch', 'reference', '_'], ['by', 'code', '_'], ['last_day', 'day', '_']]
    WHEN 'line:line:relocated' THEN ARRAY[['assurance', 'code', '+'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['holding', 'reference', '_'], ['party_kind', 'code', '+'], ['user', 'digest', '_']]
    WHEN 'line:holding:registered' THEN ARRAY[['assurance', 'code', '+'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['holding', 'reference', '_'], ['party_kind', 'code', '+'], ['user', 'digest', '_']]
    WHEN 'line:holding:transferred' THEN ARRAY[['assurance', 'code', '+'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['holding', 'reference', '_'], ['party_kind', 'code', '+'], ['user', 'digest', '_']]
    WHEN 'line:holding:corrected' THEN ARRAY[['assurance', 'code', '+'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['holding', 'reference', '_'], ['party_kind', 'code', '+'], ['user', 'digest', '_']]
    WHEN 'line:holding:given_up' THEN ARRAY[['given_as', 'code', '_'], ['given_by', 'code', '_'], ['taken_by', 'code', '+']]
    WHEN 'line:document:joined' THEN ARRAY[['assurance', 'code', '+'], ['was_known', 'flag', '+']]
    WHEN 'line:holding:accepted' THEN ARRAY[['assurance', 'code', '+'], ['bearer', 'digest', '_'], ['document_check', 'code', '_'], ['guardian', 'digest', '_'], ['holding', 'reference', '_'], ['party_kind', 'code', '+'], ['user', 'digest', '_']]
    WHEN 'line:route:taken' THEN ARRAY[['route', 'code', '+'], ['through', 'day', '_']]
    WHEN 'line:copy:kept' THEN ARRAY[['copies', 'count', '+'], ['holding', 'reference', '+']]
    WHEN 'line:clock:paused' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '_'], ['reason', 'code', '+']]
    WHEN 'line:clock:resumed' THEN ARRAY[['last', 'day', '+'], ['reason', 'code', '+']]
    WHEN 'line:proof:seen' THEN ARRAY[['reason', 'code', '+']]
    WHEN 'line:line:lifted_for_hours' THEN ARRAY[['hours', 'count', '+'], ['last', 'day', '+']]
    WHEN 'line:receipt:taken_up' THEN ARRAY[['day', 'day', '+'], ['done', 'code', '+'], ['known', 'flag', '+'], ['lifted', 'flag', '+'], ['receipt', 'digest', '+']]
    WHEN 'line:line:protected' THEN ARRAY[['protected', 'flag', '+']]
    WHEN 'line:erasure:held' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+'], ['review_on', 'day', '+']]
    WHEN 'line:erasure:hold_ended' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+']]
    WHEN 'line:record:erased' THEN ARRAY[['erasure', 'reference', '+'], ['ground', 'code', '+'], ['holding', 'reference', '_'], ['last_day_kept', 'day', '_']]
    WHEN 'line:application:erased' THEN ARRAY[['keys', 'count', '+']]
    WHEN 'notices:notice:delivered' THEN ARRAY[['attempt', 'reference', '+'], ['channel', 'code', '+'], ['delivered_on', 'day', '_'], ['kind', 'code', '+'], ['notice', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'notices:notice:bounced' THEN ARRAY[['attempt', 'reference', '+'], ['channel', 'code', '+'], ['delivered_on', 'day', '_'], ['kind', 'code', '+'], ['notice', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'notices:letters:noted' THEN ARRAY[['letters', 'count', '+']]
    WHEN 'network:command:confirmed' THEN ARRAY[['batch', 'reference', '_'], ['command', 'reference', '+'], ['kind', 'code', '+'], ['read_back', 'code', '_'], ['tries', 'count', '+']]
    WHEN 'network:command:failed' THEN ARRAY[['batch', 'reference', '_'], ['command', 'reference', '+'], ['kind', 'code', '+'], ['read_back', 'code', '_'], ['tries', 'count', '+']]
    WHEN 'network:lines:compared' THEN ARRAY[['differences', 'count', '+'], ['lines', 'count', '+'], ['untold', 'count', '+']]
    WHEN 'vault:sealed:opened' THEN ARRAY[['consent', 'reference', '_'], ['demand', 'reference', '_'], ['field', 'code', '+'], ['holding', 'reference', '_'], ['purpose', 'code', '+'], ['second', 'actor', '_']]
    WHEN 'vault:sealed:refused' THEN ARRAY[['asked', 'count', '+'], ['consent', 'reference', '_'], ['demand', 'reference', '_'], ['field', 'code', '+'], ['holding', 'reference', '_'], ['purpose', 'code', '+']]
    WHEN 'vault:canary:made' THEN ARRAY[['epoch', 'count', '+']]
    WHEN 'vault:alarm:settled' THEN ARRAY[['entry', 'count', '+']]
    WHEN 'vault:epoch:begun' THEN ARRAY[['epoch', 'count', '+'], ['public_half', 'digest', '+']]
    WHEN 'vault:epoch:destroyed' THEN ARRAY[['epoch', 'count', '+'], ['line_values', 'count', '+'], ['people', 'count', '+']]
    WHEN 'vault:capture_key:begun' THEN ARRAY[['key', 'count', '+'], ['public_half', 'digest', '+']]
    WHEN 'vault:capture_key:destroyed' THEN ARRAY[['key', 'count', '+']]
    WHEN 'vault:capture:opened' THEN ARRAY[['key', 'count', '+'], ['ticket', 'reference', '+']]
    WHEN 'captures:capture:carried' THEN ARRAY[['captured_at', 'instant', '+'], ['clock', 'code', '+'], ['deed', 'code', '_'], ['moved', 'flag', '_'], ['outcome', 'code', '+'], ['received_at', 'instant', '+'], ['ticket', 'reference', '+']]
    WHEN 'captures:capture:confirmed' THEN ARRAY[['agreed', 'flag', '+'], ['deed', 'code', '+'], ['ticket', 'reference', '+']]
    WHEN 'access:staff:added' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'access:role:granted' THEN ARRAY[['role', 'code', '+'], ['staff', 'digest', '+']]
    WHEN 'access:role:ended' THEN ARRAY[['role', 'code', '+'], ['staff', 'digest', '+']]
    WHEN 'rights:code:sent' THEN ARRAY[['channel', 'code', '+']]
    WHEN 'rights:case:opened' THEN ARRAY[['about', 'code', '_'], ['case', 'reference', '+'], ['due_on', 'day', '+'], ['kind', 'code', '+']]
    WHEN 'rights:case:settled' THEN ARRAY[['case', 'reference', '+'], ['kind', 'code', '+'], ['upheld', 'flag', '+']]
    WHEN 'rights:party:named' THEN ARRAY[['part', 'code', '+']]
    WHEN 'rights:party:unnamed' THEN ARRAY[['part', 'code', '+']]
    WHEN 'rights:party:checked' THEN ARRAY[['matches', 'flag', '+'], ['part', 'code', '+']]
    WHEN 'rights:application:made' THEN ARRAY[['application', 'reference', '+'], ['held', 'flag', '+'], ['read_by_machine', 'flag', '+'], ['through', 'day', '_']]
    WHEN 'rights:application:seen' THEN ARRAY[['application', 'reference', '+']]
    WHEN 'rights:application:settled' THEN ARRAY[['application', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'rights:record:protected' THEN ARRAY[['protected', 'flag', '+']]
    WHEN 'rights:consent:asked' THEN ARRAY[['answer_by', 'day', '+'], ['consent', 'reference', '+'], ['fields', 'count', '+'], ['sample', 'reference', '+']]
    WHEN 'rights:consent:given' THEN ARRAY[['consent', 'reference', '+'], ['through', 'day', '+']]
    WHEN 'rights:consent:taken_back' THEN ARRAY[['consent', 'reference', '+']]
    WHEN 'samples:sample:drawn' THEN ARRAY[['first', 'day', '+'], ['kind', 'code', '+'], ['last', 'day', '+'], ['lines', 'count', '+'], ['sample', 'reference', '+'], ['seed', 'digest', '+'], ['size', 'count', '+']]
    WHEN 'access:staff:suspended' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'access:staff:reinstated' THEN ARRAY[['staff', 'digest', '+']]
    WHEN 'incidents:incident:opened' THEN ARRAY[['about', 'code', '+'], ['drill', 'flag', '+'], ['incident', 'reference', '+'], ['severity', 'code', '+']]
    WHEN 'incidents:incident:scoped' THEN ARRAY[['incident', 'reference', '+'], ['openings', 'count', '+'], ['people', 'count', '+'], ['unnamed_lines', 'count', '+']]
    WHEN 'incidents:remedy:taken' THEN ARRAY[['incident', 'reference', '+'], ['remedy', 'code', '+'], ['touched', 'count', '+']]
    WHEN 'incidents:people:told' THEN ARRAY[['incident', 'reference', '+'], ['notices', 'count', '+'], ['unreachable', 'count', '+']]
    WHEN 'incidents:duty:met' THEN ARRAY[['drill', 'flag', '+'], ['in_time', 'flag', '+'], ['incident', 'reference', '+'], ['to', 'code', '+']]
    WHEN 'incidents:step:agreed' THEN ARRAY[['enough', 'flag', '+'], ['incident', 'reference', '+'], ['people', 'count', '+'], ['step', 'code', '+']]
    WHEN 'incidents:step:withdrawn' THEN ARRAY[['incident', 'reference', '+'], ['step', 'code', '+']]
    WHEN 'incidents:incident:closed' THEN ARRAY[['drill', 'flag', '+'], ['incident', 'reference', '+']]
    WHEN 'agents:agent:entered' THEN ARRAY[['agent', 'reference', '+'], ['cap', 'count', '+']]
    WHEN 'agents:requirement:shown' THEN ARRAY[['agent', 'reference', '+'], ['evidence', 'digest', '+'], ['renew_by', 'day', '+'], ['requirement', 'code', '+']]
    WHEN 'agents:agent:admitted' THEN ARRAY[['agent', 'reference', '+']]
    WHEN 'agents:agent:suspended' THEN ARRAY[['accounts', 'count', '+'], ['agent', 'reference', '+'], ['because', 'code', '+'], ['lines', 'count', '+']]
    WHEN 'agents:agent:reinstated' THEN ARRAY[['accounts', 'count', '+'], ['agent', 'reference', '+']]
    WHEN 'agents:agent:ended' THEN ARRAY[['accounts', 'count', '+'], ['agent', 'reference', '+']]
    WHEN 'agents:place:opened' THEN ARRAY[['agent', 'reference', '+'], ['place', 'reference', '+']]
    WHEN 'agents:place:changed' THEN ARRAY[['agent', 'reference', '+'], ['place', 'reference', '+']]
    WHEN 'agents:place:closed' THEN ARRAY[['agent', 'reference', '+'], ['place', 'reference', '+']]
    WHEN 'agents:staff:posted' THEN ARRAY[['agent', 'reference', '+'], ['place', 'reference', '+'], ['staff', 'digest', '+']]
    WHEN 'agents:staff:withdrawn' THEN ARRAY[['agent', 'reference', '+'], ['place', 'reference', '+'], ['staff', 'digest', '+']]
    WHEN 'agents:device:enrolled' THEN ARRAY[['agent', 'reference', '+'], ['device', 'reference', '+'], ['place', 'reference', '+']]
    WHEN 'agents:device:ended' THEN ARRAY[['agent', 'reference', '+'], ['device', 'reference', '+'], ['place', 'reference', '+']]
    WHEN 'agents:agent:audited' THEN ARRAY[['agent', 'reference', '+'], ['audit', 'reference', '+'], ['major', 'count', '+'], ['minor', 'count', '+'], ['next_by', 'day', '+']]
    WHEN 'agents:finding:mended' THEN ARRAY[['agent', 'reference', '+'], ['finding', 'reference', '+'], ['in_time', 'flag', '+']]
    WHEN 'agents:picture:taken' THEN ARRAY[['agent', 'reference', '+'], ['place', 'reference', '+']]
    WHEN 'agents:registration:taken' THEN ARRAY[['agent', 'reference', '+'], ['device', 'reference', '_'], ['place', 'reference', '+']]
    WHEN 'agents:case:opened' THEN ARRAY[['agent', 'reference', '+'], ['case', 'reference', '+'], ['pattern', 'code', '+'], ['place', 'reference', '_']]
    WHEN 'agents:case:settled' THEN ARRAY[['agent', 'reference', '+'], ['case', 'reference', '+'], ['pattern', 'code', '+'], ['verdict', 'code', '+']]
    WHEN 'agents:recheck:begun' THEN ARRAY[['agent', 'reference', '+']]
    WHEN 'agents:recheck:told' THEN ARRAY[['agent', 'reference', '+'], ['due_on', 'day', '+']]
    WHEN 'agents:recheck:settled' THEN ARRAY[['agent', 'reference', '+'], ['outcome', 'code', '+']]
    WHEN 'disclosures:authority:proposed' THEN ARRAY[['authority', 'reference', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:authority:admitted' THEN ARRAY[['authority', 'reference', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:authority:ended' THEN ARRAY[['authority', 'reference', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:demand:entered' THEN ARRAY[['authority', 'reference', '+'], ['demand', 'reference', '+'], ['fields', 'count', '+'], ['instrument', 'code', '+']]
    WHEN 'disclosures:demand:approved' THEN ARRAY[['demand', 'reference', '+'], ['enough', 'flag', '+']]
    WHEN 'disclosures:demand:refused' THEN ARRAY[['because', 'code', '+'], ['by_law', 'flag', '+'], ['demand', 'reference', '+']]
    WHEN 'disclosures:demand:opened' THEN ARRAY[['demand', 'reference', '+'], ['fields', 'count', '+'], ['key', 'digest', '+']]
    WHEN 'disclosures:demand:handed_over' THEN ARRAY[['demand', 'reference', '+'], ['file', 'digest', '+']]
    WHEN 'disclosures:person:told' THEN ARRAY[['demand', 'reference', '+'], ['put_off_until', 'day', '_'], ['reached', 'flag', '+']]
    WHEN 'disclosures:telling:put_off' THEN ARRAY[['because', 'code', '+'], ['demand', 'reference', '+'], ['renewal', 'count', '+'], ['until', 'day', '+']]
    WHEN 'disclosures:demand:expired' THEN ARRAY[['demand', 'reference', '+']]
    WHEN 'disclosures:demand:erased' THEN ARRAY[['demand', 'reference', '+']]
    WHEN 'evidence:quarter:counted' THEN ARRAY[['first', 'day', '+'], ['size', 'count', '+']]
    WHEN 'evidence:report:made' THEN ARRAY[['first', 'day', '+'], ['last', 'day', '+'], ['report', 'digest', '+']]
    WHEN 'site:backup:made' THEN ARRAY[['bytes', 'count', '+'], ['sha256', 'digest', '+'], ['store', 'code', '+']]
    WHEN 'site:home:restored' THEN ARRAY[['erased_again', 'count', '+'], ['keys_made_at', 'instant', '+'], ['opening', 'count', '+'], ['register_made_at', 'instant', '+'], ['without_key', 'count', '+']]
END;
