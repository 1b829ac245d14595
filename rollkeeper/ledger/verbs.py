# SPDX-License-Identifier: EUPL-1.2
"""The ledger's verbs, and the content of each verb's entries.

A verb is never renamed and never used again for something else. The site's page of verbs and ``sql/entry_schemas.sql`` are written from
here (`make docs`); `tests/ledger/golden/` freezes both the forms and the bytes.
"""

from enum import StrEnum
from typing import Self

from rollkeeper.ledger.entry_schema import OPTIONAL, REQUIRED, EntrySchema, FactType
from rollkeeper.ledger.leaf_classes import LeafClass, class_of

CODE, REFERENCE, DIGEST, ACTOR = FactType.CODE, FactType.REFERENCE, FactType.DIGEST, FactType.ACTOR
DAY, INSTANT, COUNT, FLAG = FactType.DAY, FactType.INSTANT, FactType.COUNT, FactType.FLAG

_LINE = EntrySchema(line=REQUIRED)
_BATCH_STEP = EntrySchema(pack=REQUIRED, facts={"batch": REFERENCE, "position": COUNT})
_DATED = {"anchor": DAY, "batch": REFERENCE, "last_day": DAY}
_SUBSCRIBER = EntrySchema(
    line=REQUIRED, person=REQUIRED, pack=REQUIRED, article=OPTIONAL, facts={"assurance": CODE, "party_kind": CODE},
    optional={"act": CODE, "identity_check": CODE, "document_check": CODE, "authority_shown": FLAG, "payment": CODE, "tenure": REFERENCE, "user": DIGEST, "bearer": DIGEST, "guardian": DIGEST},
)  # fmt: skip
_ATTEMPT = EntrySchema(
    line=REQUIRED, optional={"delivered_on": DAY},
    facts={"attempt": REFERENCE, "channel": CODE, "kind": CODE, "notice": REFERENCE, "outcome": CODE},
)  # fmt: skip
_COMMAND = EntrySchema(
    line=REQUIRED, facts={"command": REFERENCE, "kind": CODE, "tries": COUNT},
    optional={"batch": REFERENCE, "read_back": CODE},
)  # fmt: skip
_GRANT = EntrySchema(facts={"role": CODE, "staff": DIGEST})
_EPOCH = {"epoch": COUNT}
_OUTLET = EntrySchema(facts={"agent": REFERENCE, "outlet": REFERENCE})
_ASSIGNED = EntrySchema(facts={"agent": REFERENCE, "outlet": REFERENCE, "staff": DIGEST})
_DEVICE = EntrySchema(facts={"agent": REFERENCE, "device": REFERENCE, "outlet": REFERENCE})
_AUTHORITY = EntrySchema(facts={"authority": REFERENCE, "key": DIGEST})
_DISCLOSURE = EntrySchema(facts={"disclosure": REFERENCE})


class Verb(StrEnum):
    """`package:thing:done`, in the past tense, its form, and its class in the published ledger."""

    schema: EntrySchema
    leaf_class: LeafClass
    _value_: str

    def __new__(cls, value: str, schema: EntrySchema) -> Self:
        """Make a verb that is its own text and carries its schema."""
        verb = str.__new__(cls, value)
        verb._value_, verb.schema = value, schema
        verb.leaf_class = class_of(value)
        return verb

    LINES_IMPORTED = "imports:lines:imported", EntrySchema(
        facts={"barred": COUNT, "completed": COUNT, "file": DIGEST, "import": REFERENCE, "known": COUNT, "left_out": COUNT,
               "lines": COUNT, "refused": COUNT, "registered": COUNT, "rows": COUNT},
    )  # fmt: skip
    UPLOAD_RECEIVED = "imports:upload:received", EntrySchema(facts={"upload": REFERENCE})
    UPLOAD_DECIDED = "imports:upload:decided", EntrySchema(facts={"step": CODE, "upload": REFERENCE})
    UPLOAD_OPENED = "imports:upload:opened", EntrySchema(facts={"step": CODE, "upload": REFERENCE})
    UPLOAD_DESTROYED = "imports:upload:destroyed", EntrySchema(facts={"upload": REFERENCE})
    LINE_UNDONE = "imports:line:undone", EntrySchema(line=REQUIRED, facts={"import": REFERENCE})
    IMPORT_UNDONE = "imports:import:undone", EntrySchema(facts={"import": REFERENCE, "lines": COUNT})
    CAMPAIGN_PLANNED = "campaign:campaign:planned", EntrySchema(
        pack=REQUIRED, article=REQUIRED, facts={"added": COUNT, "campaign": REFERENCE, "members": COUNT},
    )  # fmt: skip
    CAMPAIGN_CLOSED = "campaign:campaign:closed", EntrySchema(
        pack=REQUIRED, article=REQUIRED,
        facts={"campaign": REFERENCE, "out_of_scope": COUNT, "terminated": COUNT, "waived": COUNT},
    )  # fmt: skip
    CAMPAIGN_CANCELLED = (
        "campaign:campaign:cancelled",
        EntrySchema(pack=REQUIRED, facts={"campaign": REFERENCE, "members": COUNT, "notified": COUNT}),
    )
    LINE_WAIVED = "campaign:line:waived", EntrySchema(
        line=REQUIRED, pack=REQUIRED, article=REQUIRED, facts={"because": CODE, "campaign": REFERENCE},
    )  # fmt: skip
    CLOCK_STARTED = "campaign:clock:started", EntrySchema(
        line=REQUIRED, pack=REQUIRED, article=REQUIRED, facts={"anchor": DAY}, optional={"promised": DAY},
    )  # fmt: skip
    BATCH_PREPARED = "campaign:batch:prepared", EntrySchema(
        pack=REQUIRED, article=REQUIRED, facts={"action": CODE, "batch": REFERENCE, "due_on": DAY, "lines": COUNT},
        optional={"bars": CODE, "content": DIGEST},
    )  # fmt: skip
    BATCH_APPROVED = "campaign:batch:approved", EntrySchema(
        pack=REQUIRED, facts={"batch": REFERENCE, "enough": FLAG, "people": COUNT}, optional={"content": DIGEST},
    )  # fmt: skip
    BATCH_STARTED = "campaign:batch:started", _BATCH_STEP
    BATCH_STOPPED = (
        "campaign:batch:stopped",
        EntrySchema(pack=REQUIRED, facts={"batch": REFERENCE, "because": CODE}, optional={"position": COUNT}),
    )
    BATCH_FINISHED = "campaign:batch:finished", _BATCH_STEP
    BATCH_UNDONE = (
        "campaign:batch:undone",
        EntrySchema(pack=REQUIRED, facts={"batch": REFERENCE, "undone": COUNT}),
    )
    UNDO_REQUESTED = "campaign:batch:undo_requested", EntrySchema(pack=REQUIRED, facts={"batch": REFERENCE})
    UNDO_APPROVED = "campaign:undo:approved", EntrySchema(
        pack=REQUIRED,
        facts={"batch": REFERENCE, "because": CODE, "enough": FLAG, "people": COUNT, "request": REFERENCE},
    )  # fmt: skip
    UNDO_WITHDRAWN = (
        "campaign:undo:withdrawn",
        EntrySchema(pack=REQUIRED, facts={"batch": REFERENCE, "request": REFERENCE}),
    )
    WORK_REQUESTED = (
        "campaign:work:requested",
        EntrySchema(facts={"kind": CODE, "request": REFERENCE}, optional={"batch": REFERENCE, "due_on": DAY}),
    )
    NIGHTLY_RUN_FINISHED = "campaign:nightly_run:finished", EntrySchema(
        pack=REQUIRED, article=REQUIRED, optional={"reminded": COUNT},
        facts={"campaign": REFERENCE, "out_of_scope": COUNT, "postponed": COUNT, "started": COUNT},
    )  # fmt: skip
    STAY_ENTERED = (
        "campaign:stay:entered",
        EntrySchema(facts={"first": DAY, "stay": REFERENCE}, optional={"campaign": REFERENCE, "last": DAY}),
    )
    MEMBER_RELEASED = (
        "campaign:member:released",
        EntrySchema(line=REQUIRED, pack=REQUIRED, article=REQUIRED, facts={"stage": CODE}),
    )
    STAY_END_APPROVED = "campaign:stay:end_approved", EntrySchema(facts={"last": DAY, "stay": REFERENCE})
    STAY_ENDED = "campaign:stay:ended", EntrySchema(facts={"last": DAY, "stay": REFERENCE})
    OUTAGE_HOURS_EXPORTED = (
        "campaign:outage_hours:exported",
        EntrySchema(facts={"file": DIGEST, "first": DAY, "last": DAY, "stretches": COUNT}),
    )
    EMERGENCY_COUNT_RECORDED = "campaign:emergency_count:recorded", EntrySchema(facts={"anomalies": COUNT})
    COMPLAINT_RECORDED = (
        "campaign:complaint:recorded",
        EntrySchema(line=REQUIRED, optional={"batch": REFERENCE}),
    )
    LINE_EXPLAINED = "campaign:line:explained", EntrySchema(line=REQUIRED, facts={"about": DAY})
    LINE_ACTIVATED = (
        "line:line:activated",
        EntrySchema(line=REQUIRED, person=REQUIRED, pack=REQUIRED, article=OPTIONAL, facts={"service": CODE}),
    )
    LINE_SUSPENDED = (
        "line:line:suspended",
        # `bars` says what is barred, if more than the emergency floor is left.
        EntrySchema(line=REQUIRED, pack=REQUIRED, article=REQUIRED, facts=_DATED, optional={"bars": CODE}),
    )
    LINE_RESTORED = (
        "line:line:restored",
        EntrySchema(line=REQUIRED, pack=REQUIRED, facts={"to": CODE, "undone_batch": REFERENCE}),
    )
    LINE_TERMINATED = (
        "line:line:terminated",
        EntrySchema(line=REQUIRED, pack=REQUIRED, article=OPTIONAL, optional={**_DATED, "by": CODE}),
    )
    LINE_RELOCATED = "line:line:relocated", _SUBSCRIBER
    SIM_REPLACED = "line:sim:replaced", _LINE
    TENURE_REGISTERED = "line:tenure:registered", _SUBSCRIBER
    TENURE_TRANSFERRED = "line:tenure:transferred", _SUBSCRIBER
    TENURE_CORRECTED = "line:tenure:corrected", _SUBSCRIBER
    TENURE_RELINQUISHED = (
        "line:tenure:relinquished",
        EntrySchema(
            line=REQUIRED,
            pack=REQUIRED,
            article=OPTIONAL,
            facts={"transferee_presence": CODE},
            optional={"transferor_assurance": CODE, "transferor_presence": CODE},
        ),
    )
    DOCUMENT_LINKED = (
        "line:document:linked",
        EntrySchema(line=REQUIRED, person=OPTIONAL, facts={"assurance": CODE, "already_known": FLAG}),
    )
    DOCUMENT_UNLINKED = "line:document:unlinked", EntrySchema(line=REQUIRED, person=OPTIONAL)
    TENURE_ACCEPTED = "line:tenure:accepted", _SUBSCRIBER
    ROUTE_USED = (
        "line:route:used",
        EntrySchema(
            line=REQUIRED,
            person=REQUIRED,
            pack=REQUIRED,
            article=REQUIRED,
            facts={"route": CODE},
            optional={"through": DAY},
        ),
    )
    LIMIT_OVERRIDDEN = (
        "line:limit:overridden",
        EntrySchema(line=REQUIRED, person=REQUIRED, pack=REQUIRED, article=REQUIRED),
    )
    COPY_KEPT = "line:copy:kept", EntrySchema(
        line=REQUIRED, person=REQUIRED, pack=REQUIRED, article=REQUIRED, facts={"copies": COUNT, "tenure": REFERENCE},
    )  # fmt: skip
    COPY_ERASED = "line:copy:erased", EntrySchema(
        line=REQUIRED, person=OPTIONAL, pack=REQUIRED, article=REQUIRED,
        facts={"erasure": REFERENCE, "last_day_kept": DAY, "tenure": REFERENCE},
    )  # fmt: skip
    CLOCK_PAUSED = (
        "line:clock:paused",
        EntrySchema(
            line=REQUIRED,
            pack=REQUIRED,
            article=REQUIRED,
            facts={"first": DAY, "reason": CODE},
            optional={"last": DAY},
        ),
    )
    CLOCK_RESUMED = (
        "line:clock:resumed",
        EntrySchema(line=REQUIRED, pack=REQUIRED, article=REQUIRED, facts={"last": DAY, "reason": CODE}),
    )
    EVIDENCE_SEEN = "line:evidence:seen", EntrySchema(line=REQUIRED, facts={"reason": CODE})
    LINE_RECONNECTED = (
        "line:line:reconnected",
        EntrySchema(line=REQUIRED, pack=REQUIRED, article=REQUIRED, facts={"hours": COUNT, "last": DAY}),
    )
    LINE_DISPUTED = "line:line:disputed", _LINE
    DISPUTE_SETTLED = "line:line:dispute_settled", _LINE
    RECEIPT_ACCEPTED = (
        "line:receipt:accepted",
        EntrySchema(
            line=REQUIRED, facts={"day": DAY, "done": CODE, "known": FLAG, "lifted": FLAG, "receipt": DIGEST}
        ),
    )
    COUNTER_CODE_ISSUED = "line:counter_code:issued", _LINE
    LINE_LOOKED_UP = "line:line:looked_up", _LINE
    # A lookup, or a comparison of a document, that led to no other entry. It names no number and no document; for a miss no line.
    ACCESS_RECORDED = (
        "line:access:recorded",
        EntrySchema(line=OPTIONAL, facts={"outcome": CODE}, optional={"matched": FLAG, "reached": CODE}),
    )
    LINE_MARKED_ESSENTIAL = (
        "line:line:marked_essential",
        EntrySchema(line=REQUIRED, facts={"essential": FLAG}),
    )
    NUMBER_FREED = "line:number:freed", EntrySchema(line=REQUIRED, pack=REQUIRED, article=REQUIRED)
    LEGAL_HOLD_ADDED = (
        "line:legal_hold:added",
        EntrySchema(line=REQUIRED, facts={"first": DAY, "last": DAY, "review_on": DAY}),
    )
    LEGAL_HOLD_ENDED = "line:legal_hold:ended", EntrySchema(line=REQUIRED, facts={"first": DAY, "last": DAY})
    RECORD_ERASED = "line:record:erased", EntrySchema(
        line=REQUIRED, pack=REQUIRED, article=REQUIRED, facts={"erasure": REFERENCE, "ground": CODE},
        optional={"tenure": REFERENCE, "last_day_kept": DAY},
    )  # fmt: skip
    ERASURE_APPROVED = (
        "retention:erasure:approved",
        EntrySchema(facts={"enough": FLAG, "people": COUNT, "records": COUNT}),
    )
    LAW_ADOPTED = "law:version:adopted", EntrySchema(pack=REQUIRED, facts={"enough": FLAG, "people": COUNT})
    APPLICATIONS_ERASED = "line:application:erased", EntrySchema(facts={"keys": COUNT})
    NOTICE_DELIVERED = "notices:notice:delivered", _ATTEMPT
    NOTICE_BOUNCED = "notices:notice:bounced", _ATTEMPT
    RETURNED_LETTERS_RECORDED = "notices:returned_letters:recorded", EntrySchema(facts={"letters": COUNT})
    COMMAND_CONFIRMED = "provisioning:command:confirmed", _COMMAND
    COMMAND_FAILED = "provisioning:command:failed", _COMMAND
    LINES_COMPARED = (
        "provisioning:lines:compared",
        EntrySchema(facts={"differences": COUNT, "lines": COUNT, "never_commanded": COUNT}),
    )
    SEALED_OPENED = "vault:sealed:opened", EntrySchema(
        line=OPTIONAL, person=OPTIONAL, facts={"field": CODE, "purpose": CODE},
        optional={"consent": REFERENCE, "disclosure": REFERENCE, "tenure": REFERENCE, "second": ACTOR},
    )  # fmt: skip
    OPENING_REFUSED = (
        "vault:sealed:refused",
        EntrySchema(
            facts={"asked": COUNT, "field": CODE, "purpose": CODE},
            optional={"consent": REFERENCE, "disclosure": REFERENCE, "tenure": REFERENCE},
        ),
    )
    CANARY_MADE = "vault:canary:made", EntrySchema(facts=_EPOCH)
    CANARY_OPENED = "vault:canary:opened", EntrySchema()
    ALARM_SETTLED = "vault:alarm:settled", EntrySchema(facts={"entry": COUNT})
    EPOCH_BEGUN = "vault:epoch:begun", EntrySchema(facts={**_EPOCH, "public_half": DIGEST})
    EPOCH_DESTROYED = (
        "vault:epoch:destroyed",
        EntrySchema(facts={**_EPOCH, "line_values": COUNT, "people": COUNT}),
    )
    OFFLINE_KEY_BEGUN = "vault:offline_key:begun", EntrySchema(facts={"key": COUNT, "public_half": DIGEST})
    OFFLINE_KEY_DESTROYED = "vault:offline_key:destroyed", EntrySchema(facts={"key": COUNT})
    OFFLINE_OPENED = "vault:offline:opened", EntrySchema(facts={"key": COUNT, "ticket": REFERENCE})
    OFFLINE_REGISTRATION_PROCESSED = "offline:registration:processed", EntrySchema(
        line=OPTIONAL,
        facts={"effective_at": INSTANT, "clock": CODE, "outcome": CODE, "received_at": INSTANT, "ticket": REFERENCE},
        optional={"action_kind": CODE, "adjusted": FLAG},
    )  # fmt: skip
    APPROVAL_DECIDED = (
        "offline:approval:decided",
        EntrySchema(facts={"approved": FLAG, "action_kind": CODE, "ticket": REFERENCE}),
    )
    STAFF_ADDED = "access:staff:added", EntrySchema(facts={"staff": DIGEST})
    ROLE_GRANTED = "access:role:granted", _GRANT
    ROLE_ENDED = "access:role:ended", _GRANT
    SETTING_CHANGED = "access:setting:changed", EntrySchema(facts={"setting": CODE, "table": CODE, "value": DIGEST})  # fmt: skip
    TEXTS_ACCEPTED = (
        "languages:texts:accepted",
        EntrySchema(facts={"acceptance": REFERENCE, "language": CODE, "read_on": DAY, "texts": DIGEST}),
    )
    TEXTS_WITHDRAWN = "languages:texts:withdrawn", EntrySchema(facts={"acceptance": REFERENCE, "language": CODE})  # fmt: skip
    CODE_SENT = "selfcare:code:sent", EntrySchema(line=REQUIRED, facts={"channel": CODE})
    CODE_NOT_SENT = "selfcare:code:not_sent", EntrySchema()
    CODE_RESERVED = "selfcare:code:reserved", _LINE
    SESSION_VERIFIED = "selfcare:session:verified", _LINE
    SESSION_NOT_VERIFIED = "selfcare:session:not_verified", _LINE
    CASE_OPENED = (
        "selfcare:case:opened",
        EntrySchema(
            line=REQUIRED, facts={"case": REFERENCE, "due_on": DAY, "kind": CODE}, optional={"about": CODE}
        ),
    )
    CASE_ASSIGNED = (
        "selfcare:case:assigned",
        EntrySchema(line=REQUIRED, facts={"case": REFERENCE, "kind": CODE, "taken": FLAG}),
    )
    CASE_SETTLED = (
        "selfcare:case:settled",
        EntrySchema(
            line=REQUIRED, facts={"case": REFERENCE, "kind": CODE, "upheld": FLAG}, optional={"because": CODE}
        ),
    )
    FORGERY_JUDGED = (
        "selfcare:forgery:judged",
        EntrySchema(line=REQUIRED, facts={"case": REFERENCE, "enough": FLAG, "forged": FLAG}),
    )
    DELEGATE_ADDED = "selfcare:delegate:added", EntrySchema(line=REQUIRED, facts={"part": CODE})
    DELEGATE_REMOVED = "selfcare:delegate:removed", EntrySchema(line=REQUIRED, facts={"part": CODE})
    DELEGATE_CHECKED = (
        "selfcare:delegate:checked",
        EntrySchema(line=REQUIRED, facts={"matches": FLAG, "part": CODE}),
    )
    PASSKEY_ADDED = "selfcare:passkey:added", _LINE
    PASSKEY_REMOVED = "selfcare:passkey:removed", _LINE
    APPLICATION_SUBMITTED = "selfcare:application:submitted", EntrySchema(
        line=REQUIRED, pack=REQUIRED, article=OPTIONAL, facts={"application": REFERENCE, "pending": FLAG, "machine_read": FLAG},
        optional={"through": DAY},
    )  # fmt: skip
    APPLICATION_CHECKED = (
        "selfcare:application:checked",
        EntrySchema(line=REQUIRED, facts={"application": REFERENCE}),
    )
    APPLICATION_SETTLED = "selfcare:application:settled", EntrySchema(
        line=REQUIRED, facts={"application": REFERENCE, "outcome": CODE},
    )  # fmt: skip
    SUBSCRIBER_PROTECTED = (
        "selfcare:subscriber:protected",
        EntrySchema(line=REQUIRED, facts={"protected": FLAG}),
    )
    CONSENT_REQUESTED = "selfcare:consent:requested", EntrySchema(
        line=REQUIRED, facts={"answer_by": DAY, "consent": REFERENCE, "fields": COUNT, "sample": REFERENCE},
    )  # fmt: skip
    CONSENT_GIVEN = (
        "selfcare:consent:given",
        EntrySchema(line=REQUIRED, facts={"consent": REFERENCE, "through": DAY}),
    )
    CONSENT_WITHDRAWN = "selfcare:consent:withdrawn", EntrySchema(line=REQUIRED, facts={"consent": REFERENCE})
    AUDIT_SAMPLE_DRAWN = "reporting:audit_sample:drawn", EntrySchema(
        facts={"first": DAY, "kind": CODE, "last": DAY, "lines": COUNT, "sample": REFERENCE, "seed": DIGEST, "size": COUNT},
    )  # fmt: skip
    STAFF_SUSPENDED = "access:staff:suspended", EntrySchema(facts={"staff": DIGEST})
    STAFF_REINSTATED = "access:staff:reinstated", EntrySchema(facts={"staff": DIGEST})
    SIGN_IN_ATTEMPTED = (
        "access:sign_in:attempted",
        EntrySchema(facts={"app": CODE, "outcome": CODE, "source": CODE, "staff": DIGEST}),
    )
    INVITATION_MADE = "access:invitation:made", EntrySchema(facts={"staff": DIGEST})
    INVITATION_ACCEPTED = "access:invitation:accepted", EntrySchema(facts={"staff": DIGEST})
    SESSIONS_ENDED = "access:session:ended", EntrySchema(facts={"sessions": COUNT, "staff": DIGEST})
    INCIDENT_OPENED = "incidents:incident:opened", EntrySchema(
        pack=REQUIRED, facts={"about": CODE, "drill": FLAG, "incident": REFERENCE, "severity": CODE},
    )  # fmt: skip
    INCIDENT_SCOPED = "incidents:incident:scoped", EntrySchema(
        facts={"incident": REFERENCE, "openings": COUNT, "people": COUNT, "unregistered_lines": COUNT},
    )  # fmt: skip
    REMEDY_APPLIED = (
        "incidents:remedy:applied",
        EntrySchema(facts={"incident": REFERENCE, "remedy": CODE, "touched": COUNT}),
    )
    PEOPLE_NOTIFIED = (
        "incidents:people:notified",
        EntrySchema(facts={"incident": REFERENCE, "notices": COUNT, "unreachable": COUNT}),
    )
    NOTICE_WORDED = "incidents:notice:worded", EntrySchema(
        facts={"incident": REFERENCE, "text": DIGEST},
    )  # fmt: skip
    DUTY_MET = "incidents:duty:met", EntrySchema(
        pack=REQUIRED, article=REQUIRED, facts={"drill": FLAG, "in_time": FLAG, "incident": REFERENCE, "to": CODE},
    )  # fmt: skip
    STEP_APPROVED = "incidents:step:approved", EntrySchema(
        facts={"enough": FLAG, "incident": REFERENCE, "people": COUNT, "step": CODE},
    )  # fmt: skip
    STEP_WITHDRAWN = "incidents:step:withdrawn", EntrySchema(facts={"incident": REFERENCE, "step": CODE})
    INCIDENT_CLOSED = "incidents:incident:closed", EntrySchema(facts={"drill": FLAG, "incident": REFERENCE})
    AGENT_ADDED = "agents:agent:added", EntrySchema(facts={"agent": REFERENCE, "limit": COUNT})
    REQUIREMENT_ATTESTED = "agents:requirement:attested", EntrySchema(
        facts={"agent": REFERENCE, "evidence": DIGEST, "renew_by": DAY, "requirement": CODE},
    )  # fmt: skip
    AGENT_APPROVED = (
        "agents:agent:approved",
        EntrySchema(pack=REQUIRED, article=REQUIRED, facts={"agent": REFERENCE}),
    )
    AGENT_SUSPENDED = (
        "agents:agent:suspended",
        EntrySchema(facts={"accounts": COUNT, "agent": REFERENCE, "because": CODE, "lines": COUNT}),
    )
    AGENT_REINSTATED = "agents:agent:reinstated", EntrySchema(facts={"accounts": COUNT, "agent": REFERENCE})
    AGENT_TERMINATED = "agents:agent:terminated", EntrySchema(facts={"accounts": COUNT, "agent": REFERENCE})
    OUTLET_OPENED = "agents:outlet:opened", _OUTLET
    OUTLET_CHANGED = "agents:outlet:changed", _OUTLET
    OUTLET_CLOSED = "agents:outlet:closed", _OUTLET
    STAFF_ASSIGNED = "agents:staff:assigned", _ASSIGNED
    STAFF_UNASSIGNED = "agents:staff:unassigned", _ASSIGNED
    DEVICE_REGISTERED = "agents:device:registered", _DEVICE
    DEVICE_REMOVED = "agents:device:removed", _DEVICE
    AGENT_AUDITED = (
        "agents:agent:audited",
        EntrySchema(
            facts={"agent": REFERENCE, "audit": REFERENCE, "major": COUNT, "minor": COUNT, "next_by": DAY}
        ),
    )
    FINDING_REMEDIATED = (
        "agents:finding:remediated",
        EntrySchema(facts={"agent": REFERENCE, "finding": REFERENCE, "in_time": FLAG}),
    )
    DOCUMENT_IMAGE_COUNTED = "agents:document_image:counted", _OUTLET
    AGENT_REGISTRATION_RECORDED = (
        "agents:registration:recorded",
        EntrySchema(
            line=REQUIRED, facts={"agent": REFERENCE, "outlet": REFERENCE}, optional={"device": REFERENCE}
        ),
    )
    AGENT_CASE_OPENED = "agents:case:opened", EntrySchema(
        line=OPTIONAL, facts={"agent": REFERENCE, "case": REFERENCE, "pattern": CODE}, optional={"outlet": REFERENCE},
    )  # fmt: skip
    AGENT_CASE_SETTLED = "agents:case:settled", EntrySchema(
        line=OPTIONAL, facts={"agent": REFERENCE, "case": REFERENCE, "pattern": CODE, "verdict": CODE},
    )  # fmt: skip
    REVERIFICATION_STARTED = (
        "agents:reverification:started",
        EntrySchema(line=REQUIRED, pack=REQUIRED, facts={"agent": REFERENCE}),
    )
    REVERIFICATION_NOTIFIED = (
        "agents:reverification:notified",
        EntrySchema(line=REQUIRED, facts={"agent": REFERENCE, "due_on": DAY}),
    )
    REVERIFICATION_SETTLED = (
        "agents:reverification:settled",
        EntrySchema(line=REQUIRED, facts={"agent": REFERENCE, "outcome": CODE}),
    )
    # No entry about a disclosure request names a line or a person: people not yet notified must not find themselves in it.
    AUTHORITY_PROPOSED = "disclosures:authority:proposed", _AUTHORITY
    AUTHORITY_APPROVED = "disclosures:authority:approved", _AUTHORITY
    AUTHORITY_REMOVED = "disclosures:authority:removed", _AUTHORITY
    DISCLOSURE_ENTERED = "disclosures:request:entered", EntrySchema(
        pack=REQUIRED, article=OPTIONAL, facts={"authority": REFERENCE, "disclosure": REFERENCE, "fields": COUNT, "instrument": CODE},
    )  # fmt: skip
    DISCLOSURE_APPROVED = (
        "disclosures:request:approved",
        EntrySchema(facts={"disclosure": REFERENCE, "enough": FLAG}),
    )
    DISCLOSURE_REFUSED = (
        "disclosures:request:refused",
        EntrySchema(
            pack=OPTIONAL, article=OPTIONAL, facts={"because": CODE, "by_law": FLAG, "disclosure": REFERENCE}
        ),
    )
    DISCLOSURE_OPENED = "disclosures:request:opened", EntrySchema(
        pack=REQUIRED, article=REQUIRED, facts={"disclosure": REFERENCE, "fields": COUNT, "key": DIGEST},
    )  # fmt: skip
    DISCLOSURE_DELIVERED = (
        "disclosures:request:delivered",
        EntrySchema(facts={"disclosure": REFERENCE, "file": DIGEST}),
    )
    PERSON_NOTIFIED = (
        "disclosures:person:notified",
        EntrySchema(facts={"disclosure": REFERENCE, "reached": FLAG}, optional={"deferred_until": DAY}),
    )
    NOTIFICATION_DEFERRED = "disclosures:notification:deferred", EntrySchema(
        pack=REQUIRED, article=REQUIRED, facts={"because": CODE, "disclosure": REFERENCE, "renewal": COUNT, "until": DAY},
    )  # fmt: skip
    DISCLOSURE_EXPIRED = "disclosures:request:expired", _DISCLOSURE
    DISCLOSURE_ERASED = "disclosures:request:erased", _DISCLOSURE
    QUARTER_COUNTED = "reporting:quarter:counted", EntrySchema(facts={"first": DAY, "size": COUNT})
    REPORT_MADE = "reporting:report:made", EntrySchema(facts={"first": DAY, "last": DAY, "report": DIGEST})
    REPORT_PUBLISHED = (
        "reporting:report:published",
        EntrySchema(facts={"first": DAY, "last": DAY, "report": DIGEST}),
    )
    EVIDENCE_DISCLOSED = (
        "reporting:evidence:disclosed",
        EntrySchema(facts={"first": DAY, "last": DAY, "size": COUNT, "staff": DIGEST}),
    )
    BACKUP_MADE = (
        "operations:backup:made",
        EntrySchema(facts={"bytes": COUNT, "sha256": DIGEST, "store": CODE}),
    )
    INSTANCE_RESTORED = "operations:instance:restored", EntrySchema(
        facts={"erased_again": COUNT, "keys_made_at": INSTANT, "opening": COUNT, "register_made_at": INSTANT,
               "without_key": COUNT},
    )  # fmt: skip
