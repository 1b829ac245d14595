# SPDX-License-Identifier: EUPL-1.2
"""For ordinary staff a protected subscriber's line is not there: on every page, by every command.

Two such lines that differ in all that a line can differ in are asked for in the same ways. Whatever is answered must be the same
for both: where it is not, it says something about one of them.
"""

import datetime as dt
import re

import pytest
from django.db import transaction
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority, rule_for
from rollkeeper.access.roles import STAFF_ROLES, Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import PauseReason, SuspensionReason
from rollkeeper.lines.counter_codes import hash_counter_code
from rollkeeper.lines.queries import current_tenure
from rollkeeper.lines.services import mark_disputed
from rollkeeper.operations.cli import make_app
from rollkeeper.registration.services import pause_line
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.services import open_case
from rollkeeper.site.web_apps import app_named
from rollkeeper.subscribers.services import set_protection
from tests.architecture.test_no_way_to_people import routes
from tests.builders.lines import suspend_line, terminate_line
from tests.builders.staff import sign_in
from tests.selfcare.people import PERSON, register_line

ON = dt.date(2012, 3, 2)
NUMBERS = ("+8613908914001", "+8613908914002", "+8613908914003")
ORDINARY = sorted(STAFF_ROLES - set(rule_for(Permission.SEE_PROTECTED).roles))
OTHER = {"subscriber__" + name: value for name, value in PERSON.items()} | {
    "subscriber__name": "Other Invented", "subscriber__document_type": "passport", "subscriber__document_state": "NPL",
    "subscriber__document_number": "Y7654321", "language": "en", "double_checked": "on",
}  # fmt: skip
SHOWN = {"document_type": "passport", "document_state": "NPL", "document_number": "Y7654321"}
MASKED = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken\" value=\"\w+|\d+-[0-9A-Z]{6}|data:image/svg[^\"]+|\+86 … \d{4}|reply-\w+|K[0-9a-z]{20,}"
)


@pytest.fixture(scope="module")
def registered(data_dir, empty_everything):
    """Three lines of people under a threat: one plain, one suspended, disputed and lifted, one that has ended."""
    empty_everything()
    clock.set_demo_date(ON)
    with transaction.atomic():
        found = register_lines()
    yield found
    empty_everything()


@pytest.fixture
def sealed(registered, register):
    """The same lines; what a test does with them is rolled back."""
    clock.set_demo_date(ON)
    return registered


def register_lines():
    plain = register_line(NUMBERS[0], PERSON)
    odd = register_line(NUMBERS[1], PERSON | {"document_number": "B2222222"}, service=Service.FIXED_LINE)
    suspend_line(odd, reason=SuspensionReason.REGISTRATION, on=ON)
    suspend_line(odd, reason=SuspensionReason.UNPAID, on=ON)
    run(
        "INSERT INTO lines_reconnection (line_id, reconnected_at, ends_at) VALUES (%s, %s, %s)",
        [odd, clock.now(), clock.now() + dt.timedelta(1)],
    )
    open_case(console_authority(), odd, CaseKind.DISPUTE, tenure_id=current_tenure(odd).tenure_id, on=ON)
    mark_disputed(console_authority(), odd, ON)
    over = register_line(NUMBERS[2], PERSON | {"document_number": "C3333333"})
    held = [current_tenure(line) for line in (plain, odd, over)]
    for one in held:
        set_protection(one.person_id, protected=True)
    terminate_line(over, by="subscriber", quarantined_until=dt.date(2012, 5, 31), on=ON)
    return list(zip(NUMBERS, (plain, odd, over), [one.person_id for one in held], strict=True))


def plainly(answer):
    return answer.status_code, MASKED.sub("·", answer.content.decode(errors="replace"))


def notified(client, sealed, ask):
    """Ask the same about each line, each time as if nothing had been asked before."""
    answers = []
    for number, line, _ in sealed:
        with transaction.atomic():
            answer = ask(client, number, line)
            whole = [plainly(answer)]
            if answer.status_code == 302:
                whole.append(plainly(client.get(answer.headers["Location"])))
            answers.append(whole)
            transaction.set_rollback(True)
    return answers


def post(address, **more):
    def ask(client, number, line):
        filled = {name: value(number, line) if callable(value) else value for name, value in more.items()}
        return client.post(
            address, {"submission_key": str(new_uuid()), "number": number} | filled, HTTP_ACCEPT="text/html"
        )

    return ask


def code_for(line):
    """Return a code that came to a line while it lived."""
    run(
        "INSERT INTO lines_countercode (code_hash, line_id, ends_at) VALUES (%s, %s, clock_timestamp() + interval '1 minute')",
        [hash_counter_code("4711000000"), line],
    )
    return "4711000000"


COUNTER = {
    "": post("/"),
    **{action_kind: post(f"/{action_kind}/", **OTHER) for action_kind in ("register", "install", "port_in", "transfer", "relocate", "change")},
    "replace-sim": post("/replace-sim/", **SHOWN),
    "terminate": post("/terminate/", **SHOWN, confirmed="on"),
    "link-document": post("/link-document/", **SHOWN, further__document_type="passport", further__document_state="NPL", further__document_number="Z7654321"),
    "unlink-document": post("/unlink-document/", **SHOWN),
    "by-code": post("/by-code/", code=lambda _, line: code_for(line)),
    "portal-code": post("/portal-code/", figures="4711"),
    "reserve-code": post("/reserve-code/"),
    "pause": post("/pause/", reason="abroad", first="2012-03-02"),
    "reconnect": post("/reconnect/"),
    "essential": post("/essential/", essential="yes"),
    "dispute": post("/dispute/", receipt=""),
    "suspect-forgery": post("/suspect-forgery/", sign="picture"),
    "document-check": post("/document-check/", **SHOWN, name="Other Invented"),
}  # fmt: skip
BACKOFFICE = {
    "line": post("/line/", on="2012-03-02"),
    "line/reconnect": post("/line/reconnect/", line=lambda _, line: str(line)),
    "access-history": post("/access-history/", on="2012-03-02"),
    "open-value": post("/open-value/", part="subscriber", field="name", purpose="complaint", password="x"),
    "unreachable/waive": post(
        "/unreachable/waive/", because="no_channel_known", lines=lambda _, line: str(line)
    ),
}
# What is of use to such a subscriber is done for them: two lines in service are alike, and one that cannot have it says nothing.
HELPS = {"pause", "reserve-code", "reconnect", "essential", "dispute"}
NOT_ABOUT_A_LINE = re.compile(
    r"samples/|letters/|unreachable/$|worker|manifest|figures|receipt|campaign|batches|disclosures|incidents|agent|reports|pending-approvals|offline/|read/|^account|^static"
    # Cases are named by reference and hidden (test_case_pages); the officer alone, who may see everyone, lays a hold or protects.
    r"|^cases|^report/|^holds|^protection|^administration|^staff(/|$)"
    # A file of many lines, sealed at once; the end of a visit at the counter, which names no line.
    r"|^imports|^next-person"
)


def member_of(role):
    client = sign_in(role)
    client.get("/", HTTP_ACCEPT="text/html", follow=True)  # the first page brings the style sheet along
    return client


@pytest.mark.parametrize("role", ORDINARY)
@pytest.mark.parametrize(("app_name", "asks"), [("counter", COUNTER), ("backoffice", BACKOFFICE)])
def test_no_page_tells_ordinary_staff_about_a_protected_subscribers_line(sealed, app, app_name, asks, role):
    app(app_name)
    client = member_of(role)

    answers = {what: notified(client, sealed, ask) for what, ask in asks.items()}

    for what, came in answers.items():
        done, refused = (
            {str(one) for one in came if (len(one) == 2) is is_done} for is_done in (True, False)
        )
        assert not (done and refused) or what in HELPS, what
        assert max(len(done), len(refused)) == 1, what
    if role in app_named(app_name).opens_to and may_ask(role):
        assert any("Nothing is found here for this number" in str(came) for came in answers.values())


def may_ask(role):
    """Tell whether a role opens any of these pages at all."""
    return any(
        role in rule_for(permission).roles
        for permission in (Permission.REGISTER, Permission.EXPLAIN_LINE, Permission.READ_LEDGER)
    )


def test_every_address_that_takes_a_number_is_among_those_that_are_tried():
    asked = {
        re.sub(r"\^|\$|\(\?P<\w+>|\)", "", address).strip("/") for app, address, _ in routes()
        if app in {"counter", "backoffice"} and not NOT_ABOUT_A_LINE.search(address)
    }  # fmt: skip
    single = {one for address in asked for one in address.split("|")}

    assert single - COUNTER.keys() - BACKOFFICE.keys() == set()


COMMANDS = {
    "explain": lambda number, *_: (["explain", number, "--on", "2012-03-02"], ""),
    "access-history": lambda _number, _line, person: (["ledger", "access-history", str(person)], ""),
    "access-history by number": lambda number, *_: (["ledger", "access-history", number], ""),
    "delegates check": lambda number, *_: (["delegates", "check", "heir"], f"{number}\nother\nH1\n"),
    "disputes accept-receipt": lambda number, *_: (["disputes", "accept-receipt", number, "1-AAAAAA"], ""),
    "vault open": lambda number, *_: (
        ["vault", "open", "name", "--purpose", "complaint"],
        f"no pass phrase\n{number}\n",
    ),
    "notices check": lambda number, *_: (["notices", "check", number, "12345678"], ""),
    "codes reserve": lambda number, *_: (["codes", "reserve"], f"{number}\n"),
    "codes by-call": lambda number, *_: (["codes", "by-call"], f"{number} 4711 own-network\n"),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_no_command_tells_it_either(sealed, what):
    answers = []
    for who in sealed:
        with transaction.atomic():
            words, typed = COMMANDS[what](*who)
            done = CliRunner().invoke(make_app(), words, input=typed)
            answers.append((done.exit_code, MASKED.sub("·", f"{done.output}{done.exception or ''}")))
            transaction.set_rollback(True)

    refused = {one for one in answers if one[0]}
    assert len(refused) <= 1, answers
    assert len(set(answers)) == 1 or (
        what == "codes reserve" and "Nothing is found here for this number" in str(refused)
    ), answers


def test_what_helps_is_done_for_them_like_for_everybody(sealed):
    done = [
        pause_line(
            console_authority(), submission_key=str(new_uuid()), number=number, first=ON, last=None,
            reason=PauseReason.ABROAD, on=ON,
        ).verb
        for number in NUMBERS[:2]
    ]  # fmt: skip

    assert done == ["line:clock:paused"] * 2
