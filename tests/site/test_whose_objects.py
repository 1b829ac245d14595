# SPDX-License-Identifier: EUPL-1.2
"""Each address has its row in `whose_objects`, and each row is tried: one's own works, another's is answered as what is not there."""

import datetime as dt
import json
import re
import time
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from rollkeeper.access.authority import console_authority, rule_for, subscriber_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import authority_of
from rollkeeper.agents.choices import Severity
from rollkeeper.agents.models import Agent, Finding
from rollkeeper.agents.models import Case as AgentCase
from rollkeeper.agents.services import AuditFinding, audit_agent
from rollkeeper.backoffice import report_figures
from rollkeeper.campaign.court_stays import enter_stay
from rollkeeper.campaign.models import Batch, Campaign
from rollkeeper.disclosures.models import DisclosureRequest, RequestingAuthority
from rollkeeper.imports.models import Import, Upload
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import EntryId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.publication import prepare_receipts
from rollkeeper.ledger.receipts import code_of
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.counter_codes import hand_line
from rollkeeper.lines.queries import current_tenure, find_line, number_index_of
from rollkeeper.offline.approvals import decide_approval, hold_for_approval
from rollkeeper.reporting.models import AuditSample, Report
from rollkeeper.retention.legal_holds import add_legal_hold
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.services import open_case, open_dispute_case, protect_subscriber
from rollkeeper.site.web_apps import app_named
from tests.agents.conftest import CONSOLE, ON, approved, vaulted  # noqa: F401 - the same day
from tests.builders.lines import suspend_line
from tests.builders.staff import employ, enter, serve_as
from tests.builders.workers import attend
from tests.incidents.test_incidents import opened
from tests.portal.conftest import at_portal, browser, telephone  # noqa: F401
from tests.registration.conftest import dual_control  # noqa: F401
from tests.selfcare.people import PERSON, register_line, work_off
from tests.site.whose_objects import TABLES, Row

NUMBERS = [f"+861390891{nth}" for nth in range(1231, 1236)]
REPORT = {"tables": [], "quarters": {}}
SAYS_SO = {
    "name": "docs/subscriber",
    "rest": "some",
    "day": "2012-03-02",
    "language": "en",
    "operation": "invite-again",
    "part": "subscriber",
}
"""What fills a place of an address that names no object."""


def routes(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        at = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, at)
        else:
            yield at


def address(route, ref, *, agent=""):
    """Return the address with a reference in its first place, and what says so in the others."""
    places = iter(re.findall(r"\(\?P<\w+>[^()]*\)|<[^<>]+>", route))
    filled, given = route.strip("^$"), ref
    for place in places:
        name = re.search(r"(\w+)>", place)[1]
        alternatives = re.search(r">([\w|-]+)\)", place)
        if alternatives:
            value = alternatives[1].split("|")[0]
        elif name in SAYS_SO and not (name == "name" and given):
            value = SAYS_SO[name]
        elif name == "code" and agent and not given:
            value = agent
        else:
            value, given = given or str(uuid4()), ""
        filled = filled.replace(place, value, 1)
    return f"/{filled}"


def said(answer):
    """Return what an answer tells, without what differs each time."""
    store = getattr(answer.wsgi_request, "_messages", ())
    kind = answer["Content-Type"].partition(";")[0]
    body = answer.json()["type"] if kind == "application/problem+json" else ""
    if answer.status_code in {200, 422} and kind == "text/html":
        body = re.search(r"<main.*</main>|$", answer.content.decode(), re.DOTALL)[0]
    told = [
        answer.status_code,
        answer.get("Location", ""),
        body,
        *(str(one) for one in getattr(store, "_queued_messages", ())),
    ]
    changing = r'[0-9a-f]{8}-[0-9a-f-]{27}|(?:csrfmiddlewaretoken"? value="|nonce=")\w+|[0-9]+-[0-9A-Z]{6}\b'
    return re.sub(changing, "", repr(told))


def apart(one, other):
    """Return where two answers begin to differ."""
    (status, text), (status2, text2) = one, other
    at = next(
        (n for n, (a, b) in enumerate(zip(text, text2, strict=False)) if a != b), min(len(text), len(text2))
    )
    return f"{status} ...{text[max(0, at - 60) : at + 60]} / {status2} ...{text2[max(0, at - 60) : at + 60]}"


class World:
    """What is there: objects by their keys, and who asks."""

    def __init__(self, app):
        self.app, self.refs, self.made_up, self.clients = app, {}, {}, {}
        self.rows = TABLES[app]

    def ask(self, who, method, row: Row, route, ref):
        data, at = dict(row.data), address(route, "" if row.at else ref, agent=self.refs.get("agent", ""))
        if self.app == "portal":
            data |= {"key": str(uuid4()), "line": self.refs["line"]}
        elif self.app == "counter":
            data |= {"submission_key": str(uuid4())}
        if row.at:
            data[row.at] = ref
        client = self.clients[who]
        client.cookies.pop("messages", None)
        with transaction.atomic():
            answer = getattr(client, method)(at, data if method in {"get", "post"} else None)
            told = answer.status_code, said(answer)
            is_kept = answer.status_code == 200 and "no-store" not in answer["Cache-Control"]
            assert not is_kept, f"{route} is shown again after signing out"
            transaction.set_rollback(True)
        return told

    def faults(self, friend_of, stranger_of):
        """Try each row; return what is not as it says."""
        found = []
        for route, row in self.rows.items():
            friend, stranger = friend_of(row), stranger_of(row)
            found += [(route, *one) for one in self._methods(row, route, friend)]
            method = "post" if "post" in row.methods and (row.at or "get" not in row.methods) else "get"
            real, made_up = self.refs.get(row.names, ""), self.made_up.get(row.names, str(uuid4()))
            if stranger:
                there, not_there = (self.ask(stranger, method, row, route, ref) for ref in (real, made_up))
                if there[0] != 403 or there != not_there:
                    found.append((route, "a stranger", apart(there, not_there)))
            if not row.names:
                continue
            own, unknown = (self.ask(friend, method, row, route, ref) for ref in (real, made_up))
            if unknown[0] != row.unknown:
                found.append((route, "what is not there", unknown[0], unknown[1][:120]))
            if own[0] in {403, 404, 500} or ((row.others or row.unknown == 404) and own == unknown):
                found.append((route, "one's own", own[0], own[1][:120]))
            if (
                row.others
                and (others := self.ask(friend, method, row, route, self.refs[row.others])) != unknown
            ):
                found.append((route, "another's", apart(others, unknown)))
        return found

    def _methods(self, row, route, friend):
        """Tell which methods that a row does not name are carried out all the same."""
        for method in {"get", "post", "put", "delete"} - set(row.methods) if row.methods else ():
            status, _ = self.ask(friend, method, row, route, self.refs.get(row.names, ""))
            if status != 405:
                yield method, status


def of_role(role, app):
    """Return a browser of a person with this role, answered in the app's role of the database."""
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT="application/json", raise_request_exception=False)
    name = f"{role.value.replace('_', '-')}-1"
    employ(role, username=name)
    enter(client, name)
    session = client.session
    session["account_authentication_methods"] += [
        {"method": "mfa", "type": "webauthn", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    serve_as(client, app)
    return client


def who(world):
    """Return who may do what a row is about, and who may not, of those to whom the app opens."""
    opens_to = [one for one in StaffRole if one in app_named(world.app).opens_to]
    for role in opens_to:
        world.clients[role] = of_role(role, world.app)

    def friend(row):
        able = rule_for(row.needs).roles if row.needs else ()
        return next((one for one in able if one in opens_to), opens_to[0])

    def stranger(row):
        able = rule_for(row.needs).roles if row.needs else opens_to
        return next((one for one in opens_to if one not in able), None)

    return friend, stranger


def case_of(line_id, kind=CaseKind.DISPUTE):
    maker = open_dispute_case if kind is CaseKind.DISPUTE else open_case
    maker(
        subscriber_authority("0d" * 32),
        line_id,
        kind,
        tenure_id=None,
        about="altered" if kind is CaseKind.FORGERY else None,
        on=ON,
    )
    return rows("SELECT case_id FROM selfcare_case WHERE line_id = %s AND kind = %s", [line_id, kind.value])[
        0
    ].case_id


def found_of(agent):
    audit_agent(CONSOLE, agent, [AuditFinding("terms", Severity.MINOR, ON)], on=ON)
    return Finding.objects.order_by("-finding_id").first().finding_id


@pytest.mark.parametrize("name", TABLES)
def test_every_address_of_every_app_says_whose_object_it_names(app, name):
    app(name)

    there = set(routes())

    assert sorted(there - set(TABLES[name])) == [], "an address without a row in tests/site/whose_objects.py"
    assert sorted(set(TABLES[name]) - there) == []


@pytest.fixture
def backoffice(vaulted, app, as_role, monkeypatch):  # noqa: F811
    """The back office with an object of each kind, and of another person where it is one person's."""
    app("backoffice")
    attend(monkeypatch, as_role)
    monkeypatch.setattr(report_figures, "pdf", lambda *_, **__: b"%PDF")
    world = World("backoffice")
    world.friend, world.stranger = who(world)
    accounts = {one.username: one for one in Staff.objects.all()}
    auditor, other = accounts["auditor-1"], employ(StaffRole.AUDITOR, username="auditor-2")
    supervisor = accounts["supervisor-1"]
    lines = {
        number: register_line(number, PERSON | {"document_number": f"X765432{nth}"})
        for nth, number in enumerate(NUMBERS)
    }
    line, protected, forged, suspended, held = lines.values()
    suspend_line(suspended, reason=SuspensionReason.REGISTRATION, on=ON)
    protect_subscriber(console_authority(), number_index_of(NUMBERS[1]), protected=True, on=ON)
    for agent in ("agent-017", "agent-018"):
        approved(agent)
    batch, campaign = new_uuid(), new_uuid()
    Campaign.objects.create(
        campaign_id=campaign,
        pack_id=instance().pack,
        pack_hash="a" * 64,
        begins_on=ON,
        planned_at=clock.now(),
        closed_on=ON,
    )
    Batch.objects.create(
        batch_id=batch, campaign_id=campaign, action="suspend", bars=Bars.ALL, due_on=ON, state="waiting", line_count=1,
        pack_hash="a" * 64, max_lines_per_hour=1, pilot_count=1, prepared_at=clock.now(), content="b" * 64,
    )  # fmt: skip
    court, disclosure = new_uuid(), new_uuid()
    RequestingAuthority.objects.create(
        authority_id=court,
        title="Invented Court",
        kind="court",
        public_key="age1",
        key_hash="c" * 64,
        valid_until=ON,
        proposed_on=ON,
    )
    DisclosureRequest(
        disclosure_id=disclosure, authority_id=court, kind="court", instrument="warrant", fields=["name"], number_mark=b"1" * 32, held_on=ON,
        pack_hash="a" * 64, received_on=ON, expires_on=ON, keep_days=1, entered_by=accounts["administrator-1"].staff_id,
        entered_at=clock.now(), state="waiting",
    ).save(force_insert=True)  # fmt: skip
    samples = [new_uuid(), new_uuid()]
    for sample, staff_id in zip(samples, (auditor.staff_id, other.staff_id), strict=True):
        AuditSample.objects.create(
            sample_id=sample,
            auditor_id=staff_id,
            quarter="2011-Q4",
            kind="corrected",
            seed=b"1" * 32,
            size=0,
            drawn_on=ON,
        )
    for period, on in (("2011-Q4", ON), ("2011-Q3", None)):
        Report.objects.create(period=period, report=json.dumps(REPORT | {"period": period, "quarters": {period: 0}}), made_at=clock.now(), published_on=on)  # fmt: skip
    upload, made = new_uuid(), new_uuid()
    Upload.objects.create(upload_id=upload, file_id=new_uuid(), state="proposed", byte_count=1, uploaded_by=supervisor.staff_id, uploaded_at=clock.now(), proposal={})  # fmt: skip
    Import.objects.create(import_id=made, file_hash="d" * 64, started_at=clock.now(), finished_at=clock.now())
    cases = [new_uuid(), new_uuid()]
    for case, settled_on in zip(cases, (None, ON), strict=True):
        AgentCase.objects.create(
            case_id=case, agent_id=Agent.objects.first().agent_id, line_id=line, pattern="rate", opened_on=ON, settled_on=settled_on,
            verdict=settled_on and "cleared",
        )  # fmt: skip
    add_legal_hold(
        authority_of(accounts["data-protection-officer-1"]), held, case_reference="2012-7", last=ON + dt.timedelta(days=9),
        review_on=ON, on=ON,
    )  # fmt: skip
    passkeys = [
        Authenticator.objects.create(user_id=one, type="webauthn", data={"name": "One"}).pk
        for one in (supervisor.staff_id, other.staff_id)
    ]
    enter(Client(), "auditor-2")
    sessions = {row.staff_id: row.reference for row in rows("SELECT staff_id, reference FROM django_session")}
    world.refs = {
        "page": "docs/subscriber", "session": sessions[supervisor.staff_id], "other_session": sessions[other.staff_id], "username": "auditor-2",
        "passkey": passkeys[0], "other_passkey": passkeys[1], "line": line, "held": held, "suspended": suspended, "protected_line": protected,
        "stay": enter_stay(console_authority(), first=ON, last=ON + dt.timedelta(days=9), reason="court", on=ON), "batch": batch,
        "import": made, "upload": upload, "case": case_of(line), "protected_case": case_of(protected), "forgery": case_of(forged, CaseKind.FORGERY),
        "authority": court, "disclosure": disclosure, "incident": opened(since=clock.now() - dt.timedelta(hours=1)), "agent": "agent-017",
        "finding": found_of("agent-017"), "other_finding": found_of("agent-018"), "agent_case": cases[0], "settled_agent_case": cases[1],
        "report": "2011-Q4", "draft": "2011-Q3", "sample": samples[0], "other_sample": samples[1], "staff": other.staff_id,
    }  # fmt: skip
    world.refs = {key: str(ref) for key, ref in world.refs.items()}
    world.made_up = {
        "page": "docs/none",
        "passkey": "999999",
        "agent": "agent-099",
        "report": "2010-Q1",
        "draft": "2010-Q1",
        "username": "nobody-9",
    }
    return world


@pytest.fixture
def counter(vaulted, app, dual_control):  # noqa: F811
    """A counter with two clerks, each with a line that they found, and what waits for an approver."""
    app("counter")
    world = World("counter")
    world.friend, world.stranger = who(world)
    clerk, other = (authority_of(Staff.objects.get(username=name)) for name in ("clerk-1", "supervisor-1"))
    for nth, number in enumerate(NUMBERS[:2]):
        register_line(number, PERSON | {"document_number": f"X765432{nth}"})
    suspend_line(find_line(NUMBERS[0]).line_id, reason=SuspensionReason.REGISTRATION, on=ON)
    handles = [hand_line(one, NUMBERS[0], on=ON).handle for one in (clerk, other)]
    prepare_receipts()
    (entry, *_) = rows(
        "SELECT entry_id, body FROM ledger_entry WHERE verb = 'line:tenure:registered' ORDER BY entry_id"
    )
    (kept, *_) = rows("SELECT submission_key FROM registration_submission")
    for who_asks, key in ((clerk, "pending-of-clerk"), (clerk, "decided-of-clerk")):
        hold_for_approval(
            who_asks,
            submission_key=key,
            action_kind="pause",
            kind="individual",
            fields={"number": NUMBERS[0]},
            language="en",
        )
    decide_approval(other, "decided-of-clerk", approved=True, on=ON)
    world.refs = {
        "page": "docs/subscriber", "handle": handles[0], "other_handle": handles[1], "key": kept.submission_key,
        "code": code_of(EntryId(entry.entry_id), entry.body.encode()), "pending": "pending-of-clerk", "decided": "decided-of-clerk",
    }  # fmt: skip
    sessions = {
        row.staff_id: str(row.reference) for row in rows("SELECT staff_id, reference FROM django_session")
    }
    world.refs |= {"session": sessions[clerk.staff_id], "other_session": sessions[other.staff_id]}
    world.made_up = {
        "page": "docs/none", "handle": f"handle:{uuid4()}", "code": f"{entry.entry_id}-000000", "pending": "pending-of-nobody", "key": "no-such-key",
    }  # fmt: skip
    return world


@pytest.mark.parametrize("name", ["backoffice", "counter"])
def test_an_app_of_staff_answers_for_each_object_as_its_row_says(request, name):
    world = request.getfixturevalue(name)

    found = world.faults(world.friend, world.stranger)

    assert "\n".join(map(repr, found)) == ""


@pytest.fixture
def portal(at_portal, browser, monkeypatch):  # noqa: F811
    """The portal with two people, each with a line and what belongs to it; one of them has shown who they are."""
    monkeypatch.setattr(portal_client, "_wake_worker", work)
    world = World("portal")
    lines = [
        register_line(number, PERSON | {"document_number": f"X765432{nth}"})
        for nth, number in enumerate(NUMBERS[:2])
    ]
    prepare_receipts()
    for own, line in zip(("", "other_"), lines, strict=True):
        held, consent, passkey = current_tenure(line), new_uuid(), new_uuid()
        open_dispute_case(
            subscriber_authority("0d" * 32), line, CaseKind.DISPUTE, tenure_id=held.tenure_id, on=ON
        )
        (case,) = rows("SELECT case_id FROM selfcare_case WHERE line_id = %s", [line])
        run(
            "INSERT INTO selfcare_consent (line_id, consent_id, tenure_id, sample_id, auditor_id, fields, asked_on, answer_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [line, consent, held.tenure_id, new_uuid(), new_uuid(), ["name"], ON, ON],
        )
        run(
            "INSERT INTO selfcare_passkey (person_id, passkey_id, credential, sign_count, added_on) VALUES (%s, %s, %s, 0, %s)",
            [held.person_id, passkey, b"1", ON],
        )
        (entry,) = rows(
            "SELECT entry_id, body FROM ledger_entry WHERE line_id = %s AND verb = 'line:tenure:registered'",
            [line],
        )
        refs = {
            "line": line, "record": held.tenure_id, "consent": consent, "passkey": passkey, "case": case.case_id,
            "code": code_of(EntryId(entry.entry_id), entry.body.encode()),
        }  # fmt: skip
        world.refs |= {f"{own}{name}": str(ref) for name, ref in refs.items()}
    world.refs["page"], world.made_up = (
        "docs/subscriber",
        {"page": "docs/none", "code": f"{entry.entry_id}-000000"},
    )
    world.clients["person"] = client = Client(
        raise_request_exception=False, HTTP_HOST=browser.defaults["HTTP_HOST"]
    )
    serve_as(client, "portal")
    came_in(client, at_portal)
    return world


def came_in(client, phone):
    page = client.post("/", {"number": NUMBERS[0]}).content.decode()
    known = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("code_request", "note")}
    client.post("/code/", known | {"code": phone.newest_code})
    shown = {
        "document_type": "passport",
        "document_state": "NPL",
        "document_number": "X7654320",
        "name": PERSON["name"],
    }
    assert client.post("/verify/", shown)["Location"] == "/lines/"


def work():
    """Be the portal worker, in its own role, for what the portal has just asked."""
    connection.connection.execute("SET ROLE worker")
    try:
        work_off()
    finally:
        connection.connection.execute("SET ROLE portal")


def test_the_portal_answers_for_each_object_as_its_row_says(portal):
    found = portal.faults(lambda _: "person", lambda _: None)

    assert "\n".join(map(repr, found)) == ""
