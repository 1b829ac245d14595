# SPDX-License-Identifier: EUPL-1.2
"""Whose object each address names, and who is refused: a row for each pattern of each app, which `test_whose_objects` tries."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from rollkeeper.access.roles import Permission

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
ANY = ()
"""django-allauth's own pages say themselves which methods they take."""


@dataclass(frozen=True)
class Row:
    """One address: its methods, whose object it names and where, and who may."""

    methods: tuple[str, ...]
    whose: str
    needs: Permission | None = None
    """Without it one is refused in the same way what is there and what is not."""
    names: str = ""
    """The object, by its key in what the test makes. Empty: the address names none."""
    others: str = ""
    """The same of another person: answered as what is not there."""
    at: str = ""
    """The field of the form in which the reference is; empty: it is in the address."""
    data: dict[str, Any] = field(default_factory=dict)
    unknown: int = 404


_NO_ONES = "no one's: the same for all"
_SELF = "the account of the session"
_OPERATORS = "the operator's: of staff with the permission"
_SESSION = "the line of the session, and those of its person after the second proof"
_CLERKS = "a line, by its whole number or by a handle that is this clerk's alone"
P = Permission
YES = {"confirmed": "yes"}
NUMBERED = {"number": "+8613900000000", "held_on": "2012-03-02", "checked": "on"}

SHARED = {
    "healthz": Row(GET, _NO_ONES),
    "readyz": Row(GET, _NO_ONES),
    "check-receipt/": Row(GET, _NO_ONES),
    "law/": Row(GET, _NO_ONES),
    "documentation/": Row(GET, _NO_ONES),
    "documentation/<path:name>/": Row(GET, "no one's: a page of a list, never a path", names="page"),
    "i18n/setlang/": Row(ANY, "the browser's own"),
}
STAFFS = SHARED | {
    "account/login/": Row(ANY, _SELF),
    "account/logout/": Row(ANY, _SELF),
    "account/inactive/": Row(ANY, _NO_ONES),
    "account/2fa/authenticate/": Row(ANY, _SELF),
    "account/2fa/webauthn/login/": Row(ANY, _SELF),
    "account/sessions/": Row(GET, _SELF),
    "account/sessions/end/": Row(
        POST, "a session of one's own", names="session", others="other_session", at="session", unknown=302
    ),
    "account/reauthenticate/": Row(ANY, _SELF),
    "account/2fa/reauthenticate/": Row(ANY, _SELF),
    "account/2fa/webauthn/reauthenticate/": Row(ANY, _SELF),
}
_KEY = "a passkey of one's own"
BACKOFFICE = STAFFS | {
    "": Row(GET, _NO_ONES),
    "counter/": Row(GET, _NO_ONES),
    "counter/<path:rest>": Row(GET, _NO_ONES),
    "portal/": Row(GET, _NO_ONES),
    "portal/<path:rest>": Row(GET, _NO_ONES),
    "account/invitation/": Row(BOTH, "the account whose code it is"),
    "staff-sessions/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "staff-sessions/end/": Row(POST, _OPERATORS, P.MANAGE_STAFF, "username", at="username"),
    "account/password/change/": Row(ANY, _SELF),
    "account/2fa/": Row(ANY, _SELF),
    "account/2fa/totp/activate/": Row(ANY, _SELF),
    "account/2fa/totp/deactivate/": Row(ANY, _SELF),
    "account/2fa/recovery-codes/": Row(ANY, _SELF),
    "account/2fa/recovery-codes/generate/": Row(ANY, _SELF),
    "account/2fa/recovery-codes/download/": Row(ANY, _SELF),
    "account/2fa/webauthn/": Row(ANY, _SELF),
    "account/2fa/webauthn/add/": Row(ANY, _SELF),
    "account/2fa/webauthn/keys/<int:pk>/remove/": Row(ANY, _KEY, names="passkey", others="other_passkey"),
    "account/2fa/webauthn/keys/<int:pk>/edit/": Row(ANY, _KEY, names="passkey", others="other_passkey"),
    "campaign/": Row(BOTH, _OPERATORS, P.SEE_CAMPAIGN),
    "unreachable/": Row(GET, _OPERATORS, P.SEE_CAMPAIGN),
    "unreachable/waive/": Row(POST, "lines of an open campaign", P.WAIVE_UNREACHABLE, data={"because": "no_person", "lines": str(uuid4())}),
    "letters/": Row(BOTH, _OPERATORS, P.SEE_CAMPAIGN),
    "campaign/figures.csv": Row(GET, _OPERATORS, P.SEE_CAMPAIGN),
    "campaign/days/<str:day>/": Row(GET, _OPERATORS, P.SEE_CAMPAIGN),
    "campaign/plan/": Row(GET, _OPERATORS, P.SEE_CAMPAIGN),
    "campaign/plan/ask/": Row(POST, _OPERATORS, P.PLAN_CAMPAIGN),
    "campaign/prepare/": Row(BOTH, _OPERATORS, P.SEE_CAMPAIGN),
    "campaign/stays/": Row(BOTH, _OPERATORS, P.SEE_CAMPAIGN),
    "campaign/stays/<uuid:stay_id>/end/": Row(POST, _OPERATORS, P.END_STAY, "stay", data=YES),
    "campaign/close/": Row(BOTH, _OPERATORS, P.SEE_CAMPAIGN),
    "campaign/cancel/": Row(POST, _OPERATORS, P.CLOSE_CAMPAIGN),
    "batches/<uuid:batch_id>/": Row(GET, _OPERATORS, P.SEE_CAMPAIGN, "batch"),
    "batches/<uuid:batch_id>/approve/": Row(POST, _OPERATORS, P.APPROVE_BATCH, "batch", data={"checked": "on"}),
    "batches/<uuid:batch_id>/run/": Row(POST, _OPERATORS, P.RUN_BATCH, "batch"),
    "batches/<uuid:batch_id>/stop/": Row(BOTH, _OPERATORS, P.STOP_BATCH, "batch"),
    "batches/<uuid:batch_id>/undo/": Row(BOTH, _OPERATORS, P.APPROVE_UNDO, "batch"),
    "batches/<uuid:batch_id>/undo/withdraw/": Row(POST, _OPERATORS, P.APPROVE_UNDO, "batch"),
    "imports/": Row(BOTH, _OPERATORS, P.IMPORT_LINES),
    "imports/made/<uuid:import_id>/undo/": Row(POST, _OPERATORS, P.IMPORT_LINES, "import"),
    "imports/<uuid:upload_id>/": Row(GET, _OPERATORS, P.IMPORT_LINES, "upload"),
    "imports/<uuid:upload_id>/decide/": Row(POST, _OPERATORS, P.IMPORT_LINES, "upload"),
    "pending-approvals/": Row(GET, "what one may approve or see"),
    "cases/": Row(BOTH, _OPERATORS, P.SEE_CASES),
    "cases/<uuid:case_id>/": Row(GET, _OPERATORS, P.SEE_CASES, "case", "protected_case"),
    "cases/<uuid:case_id>/take/": Row(POST, _OPERATORS, P.SETTLE_CASE, "case", "protected_case"),
    "cases/<uuid:case_id>/decide/": Row(POST, _OPERATORS, P.SETTLE_CASE, "case", "protected_case"),
    "cases/<uuid:case_id>/report/": Row(GET, _OPERATORS, P.SEE_CASES, "forgery", "case"),
    "protection/": Row(BOTH, "a line, by its whole number, counted and recorded", P.PROTECT_SUBSCRIBER),
    "holds/": Row(BOTH, _OPERATORS, P.MANAGE_LEGAL_HOLDS),
    "holds/lift/": Row(POST, _OPERATORS, P.MANAGE_LEGAL_HOLDS, "held", at="line", data={"case": "2012-7"} | YES),
    "line/": Row(BOTH, "a line, by its whole number, counted and recorded", P.EXPLAIN_LINE),
    "line/reconnect/": Row(POST, _OPERATORS, P.RECONNECT_TEMPORARILY, "suspended", "protected_line", at="line"),
    "disclosures/": Row(BOTH, _OPERATORS, P.SEE_DISCLOSURES),
    "disclosures/enter/": Row(BOTH, _OPERATORS, P.ENTER_DISCLOSURE),
    "disclosures/authorities/": Row(BOTH, _OPERATORS, P.SEE_DISCLOSURES),
    "disclosures/authorities/<uuid:authority_id>/approve/": Row(POST, _OPERATORS, P.APPROVE_AUTHORITY, "authority", unknown=422),
    "disclosures/authorities/<uuid:authority_id>/remove/": Row(POST, _OPERATORS, P.APPROVE_AUTHORITY, "authority", unknown=302),
    "disclosures/<uuid:disclosure_id>/": Row(GET, _OPERATORS, P.SEE_DISCLOSURES, "disclosure"),
    "disclosures/<uuid:disclosure_id>/instrument/": Row(POST, _OPERATORS, P.DECIDE_DISCLOSURE, "disclosure", unknown=302),
    "disclosures/<uuid:disclosure_id>/answer/": Row(BOTH, _OPERATORS, P.OPEN_ON_DISCLOSURE, "disclosure"),
    "disclosures/<uuid:disclosure_id>/defer/": Row(BOTH, _OPERATORS, P.DEFER_NOTIFICATION, "disclosure"),
    "disclosures/<uuid:disclosure_id>/delivered/": Row(BOTH, _OPERATORS, P.DECIDE_DISCLOSURE, "disclosure"),
    "disclosures/<uuid:disclosure_id>/approve/": Row(POST, _OPERATORS, P.DECIDE_DISCLOSURE, "disclosure", data=NUMBERED),
    "disclosures/<uuid:disclosure_id>/refuse/": Row(
        POST, _OPERATORS, P.DECIDE_DISCLOSURE, "disclosure", data={"because": "no_power"}
    ),
    "incidents/": Row(BOTH, _OPERATORS, P.MANAGE_INCIDENT),
    "incidents/open/": Row(BOTH, _OPERATORS, P.MANAGE_INCIDENT),
    "incidents/<uuid:incident_id>/": Row(GET, _OPERATORS, P.MANAGE_INCIDENT, "incident"),
    "incidents/<uuid:incident_id>/ask/": Row(POST, _OPERATORS, P.MANAGE_INCIDENT, "incident", data={"step": "scope"}),
    "incidents/<uuid:incident_id>/withdraw/": Row(POST, _OPERATORS, P.MANAGE_INCIDENT, "incident", data={"step": "scope"}),
    "incidents/<uuid:incident_id>/report/<str:language>/": Row(GET, _OPERATORS, P.MANAGE_INCIDENT, "incident"),
    "incidents/<uuid:incident_id>/report-sent/": Row(POST, _OPERATORS, P.MANAGE_INCIDENT, "incident"),
    "incidents/<uuid:incident_id>/notice/<str:language>/": Row(BOTH, _OPERATORS, P.MANAGE_INCIDENT, "incident"),
    "incidents/<uuid:incident_id>/close/": Row(POST, _OPERATORS, P.MANAGE_INCIDENT, "incident"),
    "agents/": Row(BOTH, _OPERATORS, P.SEE_AGENTS),
    "agent/add/": Row(BOTH, _OPERATORS, P.APPROVE_AGENT),
    "agents/<str:code>/": Row(GET, _OPERATORS, P.SEE_AGENTS, "agent"),
    "agents/<str:code>/do/": Row(
        POST, "a finding of the agent in the address", P.APPROVE_AGENT, "finding", "other_finding", "finding", {"do": "remediate"},
        unknown=409,
    ),
    "^agents/(?P<code>[^/]+)/(?P<do>attest|audit|open_outlet|hours|assign)/$": Row(BOTH, _OPERATORS, P.APPROVE_AGENT, "agent"),
    "agents/<str:code>/suspend/": Row(POST, _OPERATORS, P.SUSPEND_AGENT, "agent", data={"because": "fraud"}),
    "agent-cases/<uuid:case_id>/settle/": Row(
        POST, _OPERATORS, P.SETTLE_AGENT_CASE, "agent_case", "settled_agent_case", data={"verdict": "cleared"}, unknown=302
    ),
    "reports/": Row(GET, _OPERATORS, P.SEE_REPORTS),
    "report/draft/": Row(POST, _OPERATORS, P.MAKE_REPORTS),
    "reports/<str:period>/publish/": Row(POST, _OPERATORS, P.PUBLISH_REPORT, "draft", data=YES),
    "reports/<str:quarter>/draw/": Row(
        POST, "a sample of one's own", P.DRAW_AUDIT_SAMPLE, "report", "draft", data={"kind": "registered", "text": "dice " * 12}
    ),
    "samples/<uuid:sample_id>/": Row(GET, "a sample of one's own", P.DRAW_AUDIT_SAMPLE, "sample", "other_sample"),
    "samples/<uuid:sample_id>/ask/": Row(
        POST, "a sample of one's own", P.DRAW_AUDIT_SAMPLE, "sample", "other_sample", data={"fields_asked": "name"}
    ),
    "reports/<str:period>/report.pdf": Row(GET, "a published report; a draft of who makes it", P.SEE_REPORTS, "report", "draft"),
    "samples/<uuid:sample_id>/consents/<uuid:consent_id>/": Row(
        POST, "a consent given to oneself, as the vault service knows", P.OPEN_WITH_CONSENT, "sample", unknown=302
    ),
    "reports/<str:period>/": Row(GET, "a published report; a draft of who makes it", P.SEE_REPORTS, "report", "draft"),
    "open-value/": Row(BOTH, "a person's, recorded before", P.OPEN_SEALED),
    "administration/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "administration/health/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "administration/jobs/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "administration/settings/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "administration/settings/change/": Row(BOTH, _OPERATORS, P.CHANGE_SETTINGS),
    "administration/partners/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "administration/versions/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "staff/": Row(BOTH, _OPERATORS, P.MANAGE_STAFF),
    "staff/add/": Row(BOTH, _OPERATORS, P.MANAGE_STAFF),
    "staff/roles/": Row(GET, _OPERATORS, P.MANAGE_STAFF),
    "staff/<uuid:staff_id>/": Row(GET, _OPERATORS, P.MANAGE_STAFF, "staff"),
    "staff/<uuid:staff_id>/close/": Row(BOTH, _OPERATORS, P.MANAGE_STAFF, "staff"),
    "staff/<uuid:staff_id>/end-sessions/": Row(POST, _OPERATORS, P.MANAGE_STAFF, "staff"),
    "staff/<uuid:staff_id>/change/<slug:operation>/": Row(BOTH, _OPERATORS, P.MANAGE_STAFF, "staff"),
    "access-history/": Row(BOTH, "a line, by its whole number, counted and recorded", P.READ_LEDGER),
}  # fmt: skip

_DOCUMENT = {"document_type": "passport", "document_state": "NPL", "document_number": "X1234567"}
_FURTHER = {f"further__{name}": value for name, value in _DOCUMENT.items()} | {
    "further__document_number": "X1112223"
}


def _by_handle(**data: Any) -> Row:
    return Row(BOTH, _CLERKS, names="handle", others="other_handle", at="number", data=data, unknown=422)


COUNTER = STAFFS | {
    "": Row(BOTH, "a line, by its whole number, counted and recorded"),
    "^(?P<action_kind>register|transfer|install|port_in|relocate|change)/$": _by_handle(
        language="en", confirmed="on", subscriber__name="Invented Person", subscriber__address="1 Invented Street",
        **{f"subscriber__{name}": value for name, value in _DOCUMENT.items()},
    ),
    "^(?P<action_kind>register|transfer|install|port_in|relocate|change)/read/(?P<part>[a-z]+)/$": Row(
        POST, "a picture of this request, which is kept nowhere"
    ),
    "^(?P<what>replace-sim|terminate)/$": _by_handle(confirmed="on", **_DOCUMENT),
    "line/": Row(POST, "the line that this session carries"),
    "next-person/": Row(POST, "the line that this session carries"),
    "by-code/": Row(POST, "the line whose subscriber reads out its code"),
    "pending-approvals/": Row(
        BOTH, "what another clerk submitted", P.APPROVE_ACTION, names="pending", others="decided", at="key", unknown=422
    ),
    "pending-approvals/count/": Row(GET, "what another clerk submitted", P.APPROVE_ACTION),
    "link-document/": _by_handle(confirmed="on", **_DOCUMENT, **_FURTHER),
    "unlink-document/": Row(BOTH, _CLERKS, P.UNLINK_DOCUMENTS),
    "document-check/": _by_handle(confirmed="on", name="Invented Person", **_DOCUMENT),
    "pause/": _by_handle(reason="hospital", first="2012-03-02", last=""),
    "portal-code/": _by_handle(figures="1234"),
    "reserve-code/": _by_handle(),
    "reconnect/": _by_handle(),
    "essential/": _by_handle(essential="yes"),
    "dispute/": _by_handle(receipt=""),
    "suspect-forgery/": _by_handle(sign="altered"),
    "offline/submissions/": Row(POST, "a submission of this request"),
    "offline/ticket/": Row(POST, _SELF),
    "offline/outcomes/": Row(POST, "submissions, by keys that are not guessed"),
    "offline/kept-forms/": Row(GET, _NO_ONES),
    "offline/forms/": Row(GET, _NO_ONES),
    "offline/forms/<slug:what>/": Row(GET, _NO_ONES),
    "service-worker.js": Row(GET, _NO_ONES),
    "manifest.webmanifest": Row(GET, _NO_ONES),
    "receipt/<str:submission_key>/": Row(GET, "a submission, by a key that is not guessed", names="key"),
    "figures/": Row(GET, "the agent of the account"),
    "receipts/": Row(BOTH, "a receipt, by the code that its owner shows", names="code", at="code", unknown=422),
    "receipts/<str:code>/": Row(GET, "a receipt, by the code that its owner shows", names="code"),
    "receipts/<str:code>/pdf/": Row(GET, "a receipt, by the code that its owner shows", names="code"),
    "receipts/<str:code>/text/": Row(GET, "a receipt, by the code that its owner shows", names="code"),
}  # fmt: skip


def _of_session(methods: tuple[str, ...] = GET) -> Row:
    return Row(methods, _SESSION)


def _of_line(**data: Any) -> Row:
    return Row(BOTH, _SESSION, names="line", others="other_line", at="line", data=data, unknown=422)


PORTAL = SHARED | {
    "": Row(BOTH, "a line, which gets a code; the page is the same for all"),
    "code/": Row(BOTH, "the line to which the code came"),
    "letter/": Row(POST, "a line, which gets a letter; the page is the same for all"),
    "lines/": _of_session(),
    "access-history/": _of_session(),
    "personal-data/": _of_session(BOTH),
    "document-copy/": Row(POST, _SESSION, names="record", others="other_record", at="record", data={"position": 0}, unknown=302),
    "export/": _of_session(POST),
    "sheets/": _of_session(POST),
    "receipts/": _of_session(),
    "receipt/": Row(POST, _SESSION, names="code", others="other_code", at="code", unknown=302),
    "verify/": _of_session(BOTH),
    "register/": _of_session(BOTH),
    "register/read/": _of_session(POST),
    "line-selection/": _of_session(BOTH),
    "counter-code/": _of_session(BOTH),
    "line-selection/terminate/": Row(POST, _SESSION, names="line", others="other_line", at="lines", data={"sure": "on"}, unknown=302),
    "^audit/(?P<what>consent|withdraw_consent)/$": Row(
        POST, _SESSION, names="consent", others="other_consent", at="consent", unknown=302
    ),
    "passkeys/": _of_session(),
    "^passkeys/options/(?P<what>new|show)/$": _of_session(POST),
    "passkeys/add/": _of_session(POST),
    "passkeys/remove/": Row(POST, _SESSION, names="passkey", others="other_passkey", at="passkey", unknown=302),
    "passkeys/verify/": _of_session(POST),
    "^do/(?P<what>pause|reconnect|dispute|appeal|not-mine|correct|terminate|add-delegate|remove-delegate|report-death|deny-death)/$":
        _of_line(reason="hospital", first="2012-03-02"),
    "withdraw/": Row(POST, _SESSION, names="case", others="other_case", at="case", unknown=302),
    "sign-out/": _of_session(POST),
}  # fmt: skip
TABLES = {"backoffice": BACKOFFICE, "counter": COUNTER, "portal": PORTAL}
