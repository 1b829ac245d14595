# SPDX-License-Identifier: EUPL-1.2
"""What the ledger can say, and of each verb what its entries hold.

A verb is never renamed and never used again for something else. `docs/verbs.md` and ``sql/forms.sql`` are written from
here (`make docs`); `tests/ledger/golden/` freezes both the forms and the bytes.
"""

from enum import StrEnum
from typing import Self

from rollkeeper.ledger.forms import MAY, MUST, Fact, Form

CODE, REFERENCE, DIGEST, ACTOR = Fact.CODE, Fact.REFERENCE, Fact.DIGEST, Fact.ACTOR
DAY, INSTANT, COUNT, FLAG = Fact.DAY, Fact.INSTANT, Fact.COUNT, Fact.FLAG

_LINE = Form(line=MUST)
_TURN = Form(pack=MUST, facts={"batch": REFERENCE, "position": COUNT})
_DATED = {"anchor": DAY, "batch": REFERENCE, "last_day": DAY}
_HOLDER = Form(
    line=MUST, person=MUST, pack=MUST, article=MAY, facts={"assurance": CODE, "party_kind": CODE},
    may={"document_check": CODE, "holding": REFERENCE, "user": DIGEST, "bearer": DIGEST, "guardian": DIGEST},
)  # fmt: skip
_ATTEMPT = Form(
    line=MUST, may={"delivered_on": DAY},
    facts={"attempt": REFERENCE, "channel": CODE, "kind": CODE, "notice": REFERENCE, "outcome": CODE},
)  # fmt: skip
_COMMAND = Form(
    line=MUST, facts={"command": REFERENCE, "kind": CODE, "tries": COUNT},
    may={"batch": REFERENCE, "read_back": CODE},
)  # fmt: skip
_GRANT = Form(facts={"role": CODE, "staff": DIGEST})
_EPOCH = {"epoch": COUNT}
_PLACE = Form(facts={"agent": REFERENCE, "place": REFERENCE})
_POSTED = Form(facts={"agent": REFERENCE, "place": REFERENCE, "staff": DIGEST})
_DEVICE = Form(facts={"agent": REFERENCE, "device": REFERENCE, "place": REFERENCE})
_AUTHORITY = Form(facts={"authority": REFERENCE, "key": DIGEST})
_DEMAND = Form(facts={"demand": REFERENCE})


class Verb(StrEnum):
    """`room:thing:done`, in the past tense, and its form."""

    form: Form
    _value_: str

    def __new__(cls, value: str, form: Form) -> Self:
        """Make a verb that is its own text and carries its form."""
        verb = str.__new__(cls, value)
        verb._value_, verb.form = value, form
        return verb

    LINES_IMPORTED = "campaign:lines:imported", Form(
        facts={"file": DIGEST, "import": REFERENCE, "known": COUNT, "lines": COUNT, "refused": COUNT,
               "registered": COUNT, "rows": COUNT},
    )  # fmt: skip
    CAMPAIGN_PLANNED = (
        "campaign:campaign:planned",
        Form(pack=MUST, article=MUST, facts={"added": COUNT, "campaign": REFERENCE, "members": COUNT}),
    )
    CAMPAIGN_CLOSED = (
        "campaign:campaign:closed",
        Form(
            pack=MUST,
            article=MUST,
            facts={"campaign": REFERENCE, "ended": COUNT, "excused": COUNT, "left": COUNT},
        ),
    )
    LINE_EXCUSED = (
        "campaign:line:excused",
        Form(line=MUST, pack=MUST, article=MUST, facts={"because": CODE, "campaign": REFERENCE}),
    )
    CLOCK_STARTED = (
        "campaign:clock:started",
        Form(line=MUST, pack=MUST, article=MUST, facts={"anchor": DAY}, may={"promised": DAY}),
    )
    BATCH_DRAWN_UP = (
        "campaign:batch:drawn_up",
        Form(
            pack=MUST,
            article=MUST,
            facts={"action": CODE, "batch": REFERENCE, "due_on": DAY, "lines": COUNT},
            may={"content": DIGEST},
        ),
    )
    BATCH_APPROVED = (
        "campaign:batch:approved",
        Form(pack=MUST, facts={"batch": REFERENCE, "enough": FLAG, "people": COUNT}, may={"content": DIGEST}),
    )
    BATCH_STARTED = "campaign:batch:started", _TURN
    BATCH_STOPPED = (
        "campaign:batch:stopped",
        Form(pack=MUST, facts={"batch": REFERENCE, "because": CODE}, may={"position": COUNT}),
    )
    BATCH_FINISHED = "campaign:batch:finished", _TURN
    BATCH_UNDONE = "campaign:batch:undone", Form(pack=MUST, facts={"batch": REFERENCE, "undone": COUNT})
    UNDO_ASKED = "campaign:batch:undo_asked", Form(pack=MUST, facts={"batch": REFERENCE})
    SWEEP_RAN = (
        "campaign:sweep:ran",
        Form(
            pack=MUST,
            article=MUST,
            facts={"campaign": REFERENCE, "left": COUNT, "put_off": COUNT, "started": COUNT},
            may={"reminded": COUNT},
        ),
    )
    STAY_ENTERED = "campaign:stay:entered", Form(facts={"first": DAY, "stay": REFERENCE}, may={"last": DAY})
    MEMBER_LET_GO = "campaign:member:let_go", Form(line=MUST, pack=MUST, article=MUST, facts={"stage": CODE})
    STAY_LIFT_AGREED = "campaign:stay:lift_agreed", Form(facts={"last": DAY, "stay": REFERENCE})
    STAY_LIFTED = "campaign:stay:lifted", Form(facts={"last": DAY, "stay": REFERENCE})
    HOURS_OFF_EXPORTED = (
        "campaign:hours_off:exported",
        Form(facts={"file": DIGEST, "first": DAY, "last": DAY, "stretches": COUNT}),
    )
    EMERGENCY_COUNTED = "campaign:emergency:counted", Form(facts={"anomalies": COUNT})
    COMPLAINT_RECORDED = "campaign:complaint:recorded", Form(line=MUST, may={"batch": REFERENCE})
    LINE_EXPLAINED = "campaign:line:explained", Form(line=MUST, facts={"about": DAY})
    LINE_ACTIVATED = (
        "line:line:activated",
        Form(line=MUST, person=MUST, pack=MUST, article=MAY, facts={"service": CODE}),
    )
    LINE_SUSPENDED = "line:line:suspended", Form(line=MUST, pack=MUST, article=MUST, facts=_DATED)
    LINE_RESTORED = (
        "line:line:restored",
        Form(line=MUST, pack=MUST, facts={"to": CODE, "undone_batch": REFERENCE}),
    )
    LINE_ENDED = "line:line:ended", Form(line=MUST, pack=MUST, article=MAY, may={**_DATED, "by": CODE})
    LINE_RELOCATED = "line:line:relocated", _HOLDER
    SIM_REPLACED = "line:sim:replaced", _LINE
    HOLDING_REGISTERED = "line:holding:registered", _HOLDER
    HOLDING_TRANSFERRED = "line:holding:transferred", _HOLDER
    HOLDING_CORRECTED = "line:holding:corrected", _HOLDER
    HOLDING_GIVEN_UP = (
        "line:holding:given_up",
        Form(
            line=MUST,
            pack=MUST,
            article=MAY,
            facts={"taken_by": CODE},
            may={"given_as": CODE, "given_by": CODE},
        ),
    )
    DOCUMENT_JOINED = (
        "line:document:joined",
        Form(line=MUST, person=MAY, facts={"assurance": CODE, "was_known": FLAG}),
    )
    DOCUMENT_PARTED = "line:document:parted", Form(line=MUST, person=MAY)
    HOLDING_ACCEPTED = "line:holding:accepted", _HOLDER
    ROUTE_TAKEN = (
        "line:route:taken",
        Form(line=MUST, person=MUST, pack=MUST, article=MUST, facts={"route": CODE}, may={"through": DAY}),
    )
    LIMIT_PASSED = "line:limit:passed", Form(line=MUST, person=MUST, pack=MUST, article=MUST)
    COPY_KEPT = (
        "line:copy:kept",
        Form(line=MUST, person=MUST, pack=MUST, article=MUST, facts={"copies": COUNT, "holding": REFERENCE}),
    )
    CLOCK_PAUSED = (
        "line:clock:paused",
        Form(line=MUST, pack=MUST, article=MUST, facts={"first": DAY, "reason": CODE}, may={"last": DAY}),
    )
    CLOCK_RESUMED = (
        "line:clock:resumed",
        Form(line=MUST, pack=MUST, article=MUST, facts={"last": DAY, "reason": CODE}),
    )
    PROOF_SEEN = "line:proof:seen", Form(line=MUST, facts={"reason": CODE})
    LIFTED_FOR_HOURS = (
        "line:line:lifted_for_hours",
        Form(line=MUST, pack=MUST, article=MUST, facts={"hours": COUNT, "last": DAY}),
    )
    LINE_DISPUTED = "line:line:disputed", _LINE
    DISPUTE_SETTLED = "line:line:dispute_settled", _LINE
    RECEIPT_TAKEN_UP = (
        "line:receipt:taken_up",
        Form(line=MUST, facts={"day": DAY, "done": CODE, "known": FLAG, "lifted": FLAG, "receipt": DIGEST}),
    )
    CODE_GIVEN = "line:code:given", _LINE
    LINE_LOOKED_UP = "line:line:looked_up", _LINE
    LINE_PROTECTED = "line:line:protected", Form(line=MUST, facts={"protected": FLAG})
    NUMBER_FREED = "line:number:freed", Form(line=MUST, pack=MUST, article=MUST)
    ERASURE_HELD = "line:erasure:held", Form(line=MUST, facts={"first": DAY, "last": DAY, "review_on": DAY})
    HOLD_ENDED = "line:erasure:hold_ended", Form(line=MUST, facts={"first": DAY, "last": DAY})
    RECORD_ERASED = "line:record:erased", Form(
        line=MUST, pack=MUST, article=MUST, facts={"erasure": REFERENCE, "ground": CODE},
        may={"holding": REFERENCE, "last_day_kept": DAY},
    )  # fmt: skip
    APPLICATIONS_ERASED = "line:application:erased", Form(facts={"keys": COUNT})
    NOTICE_DELIVERED = "notices:notice:delivered", _ATTEMPT
    NOTICE_BOUNCED = "notices:notice:bounced", _ATTEMPT
    LETTERS_NOTED = "notices:letters:noted", Form(facts={"letters": COUNT})
    COMMAND_CONFIRMED = "network:command:confirmed", _COMMAND
    COMMAND_FAILED = "network:command:failed", _COMMAND
    LINES_COMPARED = (
        "network:lines:compared",
        Form(facts={"differences": COUNT, "lines": COUNT, "untold": COUNT}),
    )
    SEALED_OPENED = "vault:sealed:opened", Form(
        line=MAY, person=MAY, facts={"field": CODE, "purpose": CODE},
        may={"consent": REFERENCE, "demand": REFERENCE, "holding": REFERENCE, "second": ACTOR},
    )  # fmt: skip
    OPENING_REFUSED = (
        "vault:sealed:refused",
        Form(
            facts={"asked": COUNT, "field": CODE, "purpose": CODE},
            may={"consent": REFERENCE, "demand": REFERENCE, "holding": REFERENCE},
        ),
    )
    CANARY_MADE = "vault:canary:made", Form(facts=_EPOCH)
    CANARY_OPENED = "vault:canary:opened", Form()
    ALARM_SETTLED = "vault:alarm:settled", Form(facts={"entry": COUNT})
    EPOCH_BEGUN = "vault:epoch:begun", Form(facts={**_EPOCH, "public_half": DIGEST})
    EPOCH_DESTROYED = "vault:epoch:destroyed", Form(facts={**_EPOCH, "line_values": COUNT, "people": COUNT})
    CAPTURE_KEY_BEGUN = "vault:capture_key:begun", Form(facts={"key": COUNT, "public_half": DIGEST})
    CAPTURE_KEY_DESTROYED = "vault:capture_key:destroyed", Form(facts={"key": COUNT})
    CAPTURE_OPENED = "vault:capture:opened", Form(facts={"key": COUNT, "ticket": REFERENCE})
    CAPTURE_CARRIED = "captures:capture:carried", Form(
        line=MAY,
        facts={"captured_at": INSTANT, "clock": CODE, "outcome": CODE, "received_at": INSTANT, "ticket": REFERENCE},
        may={"deed": CODE, "moved": FLAG},
    )  # fmt: skip
    CAPTURE_CONFIRMED = (
        "captures:capture:confirmed",
        Form(facts={"agreed": FLAG, "deed": CODE, "ticket": REFERENCE}),
    )
    STAFF_ADDED = "access:staff:added", Form(facts={"staff": DIGEST})
    ROLE_GRANTED = "access:role:granted", _GRANT
    ROLE_ENDED = "access:role:ended", _GRANT
    CODE_SENT = "rights:code:sent", Form(line=MUST, facts={"channel": CODE})
    CODE_KEPT = "rights:code:kept", _LINE
    VISIT_PROVED = "rights:visit:proved", _LINE
    VISIT_NOT_PROVED = "rights:visit:not_proved", _LINE
    CASE_OPENED = (
        "rights:case:opened",
        Form(line=MUST, facts={"case": REFERENCE, "due_on": DAY, "kind": CODE}, may={"about": CODE}),
    )
    CASE_SETTLED = (
        "rights:case:settled",
        Form(line=MUST, facts={"case": REFERENCE, "kind": CODE, "upheld": FLAG}),
    )
    PARTY_NAMED = "rights:party:named", Form(line=MUST, facts={"part": CODE})
    PARTY_UNNAMED = "rights:party:unnamed", Form(line=MUST, facts={"part": CODE})
    PARTY_CHECKED = "rights:party:checked", Form(line=MUST, facts={"matches": FLAG, "part": CODE})
    PASSKEY_ADDED = "rights:passkey:added", _LINE
    PASSKEY_REMOVED = "rights:passkey:removed", _LINE
    APPLICATION_MADE = "rights:application:made", Form(
        line=MUST, pack=MUST, article=MAY, facts={"application": REFERENCE, "held": FLAG, "read_by_machine": FLAG},
        may={"through": DAY},
    )  # fmt: skip
    APPLICATION_SEEN = "rights:application:seen", Form(line=MUST, facts={"application": REFERENCE})
    APPLICATION_SETTLED = "rights:application:settled", Form(
        line=MUST, facts={"application": REFERENCE, "outcome": CODE},
    )  # fmt: skip
    RECORD_PROTECTED = "rights:record:protected", Form(line=MUST, facts={"protected": FLAG})
    CONSENT_ASKED = "rights:consent:asked", Form(
        line=MUST, facts={"answer_by": DAY, "consent": REFERENCE, "fields": COUNT, "sample": REFERENCE},
    )  # fmt: skip
    CONSENT_GIVEN = "rights:consent:given", Form(line=MUST, facts={"consent": REFERENCE, "through": DAY})
    CONSENT_TAKEN_BACK = "rights:consent:taken_back", Form(line=MUST, facts={"consent": REFERENCE})
    SAMPLE_DRAWN = "samples:sample:drawn", Form(
        facts={"first": DAY, "kind": CODE, "last": DAY, "lines": COUNT, "sample": REFERENCE, "seed": DIGEST, "size": COUNT},
    )  # fmt: skip
    STAFF_SUSPENDED = "access:staff:suspended", Form(facts={"staff": DIGEST})
    STAFF_REINSTATED = "access:staff:reinstated", Form(facts={"staff": DIGEST})
    INCIDENT_OPENED = "incidents:incident:opened", Form(
        pack=MUST, facts={"about": CODE, "drill": FLAG, "incident": REFERENCE, "severity": CODE},
    )  # fmt: skip
    INCIDENT_SCOPED = "incidents:incident:scoped", Form(
        facts={"incident": REFERENCE, "openings": COUNT, "people": COUNT, "unnamed_lines": COUNT},
    )  # fmt: skip
    REMEDY_TAKEN = (
        "incidents:remedy:taken",
        Form(facts={"incident": REFERENCE, "remedy": CODE, "touched": COUNT}),
    )
    EXPOSED_TOLD = (
        "incidents:people:told",
        Form(facts={"incident": REFERENCE, "notices": COUNT, "unreachable": COUNT}),
    )
    DUTY_MET = "incidents:duty:met", Form(
        pack=MUST, article=MUST, facts={"drill": FLAG, "in_time": FLAG, "incident": REFERENCE, "to": CODE},
    )  # fmt: skip
    STEP_AGREED = "incidents:step:agreed", Form(
        facts={"enough": FLAG, "incident": REFERENCE, "people": COUNT, "step": CODE},
    )  # fmt: skip
    STEP_WITHDRAWN = "incidents:step:withdrawn", Form(facts={"incident": REFERENCE, "step": CODE})
    INCIDENT_CLOSED = "incidents:incident:closed", Form(facts={"drill": FLAG, "incident": REFERENCE})
    AGENT_ENTERED = "agents:agent:entered", Form(facts={"agent": REFERENCE, "cap": COUNT})
    REQUIREMENT_SHOWN = "agents:requirement:shown", Form(
        facts={"agent": REFERENCE, "evidence": DIGEST, "renew_by": DAY, "requirement": CODE},
    )  # fmt: skip
    AGENT_ADMITTED = "agents:agent:admitted", Form(pack=MUST, article=MUST, facts={"agent": REFERENCE})
    AGENT_SUSPENDED = (
        "agents:agent:suspended",
        Form(facts={"accounts": COUNT, "agent": REFERENCE, "because": CODE, "lines": COUNT}),
    )
    AGENT_REINSTATED = "agents:agent:reinstated", Form(facts={"accounts": COUNT, "agent": REFERENCE})
    AGENT_ENDED = "agents:agent:ended", Form(facts={"accounts": COUNT, "agent": REFERENCE})
    PLACE_OPENED = "agents:place:opened", _PLACE
    PLACE_CHANGED = "agents:place:changed", _PLACE
    PLACE_CLOSED = "agents:place:closed", _PLACE
    STAFF_POSTED = "agents:staff:posted", _POSTED
    STAFF_WITHDRAWN = "agents:staff:withdrawn", _POSTED
    DEVICE_ENROLLED = "agents:device:enrolled", _DEVICE
    DEVICE_ENDED = "agents:device:ended", _DEVICE
    AGENT_AUDITED = (
        "agents:agent:audited",
        Form(facts={"agent": REFERENCE, "audit": REFERENCE, "major": COUNT, "minor": COUNT, "next_by": DAY}),
    )
    FINDING_MENDED = (
        "agents:finding:mended",
        Form(facts={"agent": REFERENCE, "finding": REFERENCE, "in_time": FLAG}),
    )
    PICTURE_TAKEN = "agents:picture:taken", _PLACE
    REGISTRATION_TAKEN = (
        "agents:registration:taken",
        Form(line=MUST, facts={"agent": REFERENCE, "place": REFERENCE}, may={"device": REFERENCE}),
    )
    AGENT_CASE_OPENED = "agents:case:opened", Form(
        line=MAY, facts={"agent": REFERENCE, "case": REFERENCE, "pattern": CODE}, may={"place": REFERENCE},
    )  # fmt: skip
    AGENT_CASE_SETTLED = "agents:case:settled", Form(
        line=MAY, facts={"agent": REFERENCE, "case": REFERENCE, "pattern": CODE, "verdict": CODE},
    )  # fmt: skip
    RECHECK_BEGUN = "agents:recheck:begun", Form(line=MUST, pack=MUST, facts={"agent": REFERENCE})
    RECHECK_TOLD = "agents:recheck:told", Form(line=MUST, facts={"agent": REFERENCE, "due_on": DAY})
    RECHECK_SETTLED = "agents:recheck:settled", Form(line=MUST, facts={"agent": REFERENCE, "outcome": CODE})
    # No entry about a demand names a line or a person: whoever is not told yet must not find themselves in the public ledger.
    AUTHORITY_PROPOSED = "disclosures:authority:proposed", _AUTHORITY
    AUTHORITY_ADMITTED = "disclosures:authority:admitted", _AUTHORITY
    AUTHORITY_ENDED = "disclosures:authority:ended", _AUTHORITY
    DEMAND_ENTERED = "disclosures:demand:entered", Form(
        pack=MUST, article=MAY, facts={"authority": REFERENCE, "demand": REFERENCE, "fields": COUNT, "instrument": CODE},
    )  # fmt: skip
    DEMAND_APPROVED = "disclosures:demand:approved", Form(facts={"demand": REFERENCE, "enough": FLAG})
    DEMAND_REFUSED = (
        "disclosures:demand:refused",
        Form(pack=MAY, article=MAY, facts={"because": CODE, "by_law": FLAG, "demand": REFERENCE}),
    )
    DEMAND_OPENED = "disclosures:demand:opened", Form(
        pack=MUST, article=MUST, facts={"demand": REFERENCE, "fields": COUNT, "key": DIGEST},
    )  # fmt: skip
    DEMAND_HANDED_OVER = (
        "disclosures:demand:handed_over",
        Form(facts={"demand": REFERENCE, "file": DIGEST}),
    )
    PERSON_TOLD = (
        "disclosures:person:told",
        Form(facts={"demand": REFERENCE, "reached": FLAG}, may={"put_off_until": DAY}),
    )
    TELLING_PUT_OFF = "disclosures:telling:put_off", Form(
        pack=MUST, article=MUST, facts={"because": CODE, "demand": REFERENCE, "renewal": COUNT, "until": DAY},
    )  # fmt: skip
    DEMAND_EXPIRED = "disclosures:demand:expired", _DEMAND
    DEMAND_ERASED = "disclosures:demand:erased", _DEMAND
    QUARTER_COUNTED = "evidence:quarter:counted", Form(facts={"first": DAY, "size": COUNT})
    EVIDENCE_MADE = "evidence:report:made", Form(facts={"first": DAY, "last": DAY, "report": DIGEST})
    BACKUP_MADE = "site:backup:made", Form(facts={"bytes": COUNT, "sha256": DIGEST, "store": CODE})
    HOME_RESTORED = "site:home:restored", Form(
        facts={"erased_again": COUNT, "keys_made_at": INSTANT, "opening": COUNT, "register_made_at": INSTANT,
               "without_key": COUNT},
    )  # fmt: skip
