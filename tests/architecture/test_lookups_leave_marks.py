# SPDX-License-Identifier: EUPL-1.2
"""Staff who try numbers and documents learn nothing without a mark: each try is an entry, counted, and limited.

The attacks go through the real pages, in a session of each role, and through the real commands. A protected subscriber and a number
that no line has are answered in the same words, with the same status, by the same statements.
"""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.counter_codes import issue_code
from rollkeeper.lines.queries import current_tenure
from rollkeeper.operations.bootstrap import set_lookup_limits
from rollkeeper.operations.cli import make_app
from rollkeeper.subscribers.services import set_protection
from tests.builders.staff import employ
from tests.builders.staff import sign_in as signed_in
from tests.entries import entries
from tests.selfcare.people import PERSON, register_line

FOUND = "rk-line__name"  # the masked number on top of the page of a line that was found
ON = dt.date(2012, 3, 2)
NUMBERS = [f"+86139555500{nth:02}" for nth in range(40)]
PROTECTED, ORDINARY = NUMBERS[17], NUMBERS[3]
DOCUMENT = {"document_type": "passport", "document_state": "NPL", "document_number": "X1234567"}
GUESSED = DOCUMENT | {"document_number": "Y7654321"}
WRONG_DIGIT = {"further__document_type": "cn-resident-card", "further__document_number": "110105194912310021"}
RECORDED = "line:access:recorded"
CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken\" value=\"\w+|nonce=\"[^\"]+\"|submission_key\" value=\"[^\"]+|u[0-9a-f]{32}"
)


@pytest.fixture(scope="module")
def registered(data_dir, empty_everything):
    """Forty numbers: one is a protected subscriber's, one an ordinary subscriber's, and the others are no one's."""
    empty_everything()
    clock.set_demo_date(ON)
    found = {ORDINARY: register_line(ORDINARY, PERSON), PROTECTED: register_line(PROTECTED, PERSON | {"document_number": "B2222222"})}  # fmt: skip
    set_protection(current_tenure(found[PROTECTED]).person_id, protected=True)
    yield found
    empty_everything()


@pytest.fixture
def numbers(registered, register):
    """The same numbers; what a test does with them is rolled back."""
    clock.set_demo_date(ON)
    return registered


@pytest.fixture
def limits(register):
    """Set the limits for one test."""
    yield set_lookup_limits
    set_lookup_limits()


def sign_in(role, username=None):
    """Return a browser of a member of staff that has its style sheet: the first page brings it along."""
    client = signed_in(role, username=username)
    client.get("/", HTTP_ACCEPT="text/html", follow=True)
    return client


def said(answer):
    return answer.status_code, CHANGING.sub("·", answer.content.decode(errors="replace"))


def marks():
    return [(one.facts["outcome"], one.facts.get("matched"), one.line_id) for one in entries(RECORDED)]


def alarms():
    return [row.about for row in rows("SELECT about FROM vault_alarm ORDER BY raised_at")]


def statements(ask):
    """Return the statements of one request, without their values, be they prepared or not."""
    with CaptureQueriesContext(connection) as seen:
        ask()
    texts = [one["sql"] for one in seen]
    prepared = [re.fullmatch(r"QUERY = ['\"](.*)['\"] - PARAMS = .*", text, re.DOTALL) for text in texts]
    plain = [
        found[1].replace("\\n", "\n").replace("\\'", "'") if found else text
        for found, text in zip(prepared, texts, strict=True)
    ]
    return [
        re.sub(
            r"\?+",
            "?",
            re.sub(
                r"'[^']*'|s\d+_x\d+|%s|%\(\w+\)s|\$\d+|\d+|\\x[0-9a-f]+|ARRAY\[[^\]]*\]|NULL|true|false|::[a-z]+",
                "?",
                text,
            ),
        )
        for text in plain
    ]


LOOKUPS = [
    ("counter", StaffRole.CLERK, "/", {}),
    ("counter", StaffRole.SUPERVISOR, "/", {}),
    ("backoffice", StaffRole.SUPERVISOR, "/line/", {"on": "2012-03-02"}),
    ("backoffice", StaffRole.CAMPAIGN_MANAGER, "/line/", {"on": "2012-03-02"}),
    ("backoffice", StaffRole.AUDITOR, "/line/", {"on": "2012-03-02"}),
    ("backoffice", StaffRole.AUDITOR, "/access-history/", {"on": "2012-03-02"}),
    ("counter", StaffRole.CLERK, "/replace-sim/", DOCUMENT),
    ("counter", StaffRole.CLERK, "/terminate/", DOCUMENT | {"confirmed": "on"}),
    ("counter", StaffRole.CLERK, "/link-document/", DOCUMENT | {"further__document_type": "passport", "further__document_state": "NPL", "further__document_number": "Z7654321"}),
    ("counter", StaffRole.CLERK, "/document-check/", GUESSED | {"name": "Other Invented"}),
    *(
        ("counter", StaffRole.CLERK, f"/{kind}/", {f"subscriber__{name}": value for name, value in (PERSON | DOCUMENT).items()} | {"language": "en", "double_checked": "on", "confirmed": "on"})
        for kind in ("transfer", "relocate", "change")
    ),
]  # fmt: skip
WITH_ALL_NUMBERS = {("/", StaffRole.CLERK)}
"""Where numbers are tried by the dozen: a page that takes a number alone. In other roles and at other pages a few tell as much."""


@pytest.mark.parametrize(("app_name", "role", "address", "fields"), LOOKUPS)
def test_trying_numbers_does_not_tell_protected_subscribers_from_none(numbers, app, app_name, role, address, fields):  # fmt: skip
    app(app_name)
    client, before = signed_in(role), len(entries())
    client.get(address, HTTP_ACCEPT="text/html")  # the first page brings the style sheet
    tried = [
        one for one in (NUMBERS if (address, role) in WITH_ALL_NUMBERS else NUMBERS[15:19]) if one != ORDINARY
    ]

    answers = {
        number: said(
            client.post(address, {"number": number, "submission_key": str(new_uuid())} | fields, HTTP_ACCEPT="text/html")
        )
        for number in tried
    }  # fmt: skip

    assert len(set(answers.values())) == 1
    (words,) = set(answers.values())
    assert "Nothing is found here for this number" in words[1]
    assert len(entries()) == before + len(tried)
    assert sorted({(outcome, line) for outcome, _, line in marks()}, key=str) == [
        ("not_found", None), ("refused_protected", numbers[PROTECTED]),
    ]  # fmt: skip
    assert alarms() == ["protected"]


@pytest.mark.parametrize(("app_name", "role", "address", "fields"), LOOKUPS)
def test_the_same_statements_answer_for_a_protected_subscriber_and_for_nobody(numbers, app, app_name, role, address, fields):  # fmt: skip
    app(app_name)
    client = signed_in(role)

    def ask(number):
        return lambda: client.post(
            address, {"number": number, "submission_key": str(new_uuid())} | fields, HTTP_ACCEPT="text/html"
        )

    ask(NUMBERS[0])()
    ask(PROTECTED)()

    assert statements(ask(PROTECTED)) == statements(ask(NUMBERS[0]))


def test_the_officer_who_may_see_protected_subscribers_sees_them_and_raises_no_alarm(numbers, app):
    app("counter")

    page = (
        sign_in(StaffRole.DATA_PROTECTION_OFFICER)
        .post("/", {"submission_key": "12345678", "number": PROTECTED})
        .content.decode()
    )

    assert FOUND in page
    assert alarms() == []


def test_an_entry_of_a_miss_holds_no_number_and_no_document(numbers, app):
    app("counter")
    client = sign_in(StaffRole.CLERK)

    client.post("/", {"submission_key": "12345678", "number": NUMBERS[0]})
    client.post("/replace-sim/", {"number": ORDINARY, "submission_key": str(new_uuid())} | GUESSED)

    missed, compared = entries(RECORDED)
    assert missed.line_id is None
    assert missed.staff_id is not None
    assert missed.facts == {"outcome": "not_found"}
    assert compared.facts == {"outcome": "found", "matched": False}
    assert not [one for one in (missed, compared) if "955550" in one.text or "Y7654321" in one.text]


def test_a_wrong_further_document_is_refused_before_the_first_one_is_compared(numbers, app):
    app("counter")
    client = sign_in(StaffRole.CLERK)

    answers = {
        said(client.post("/link-document/", {"number": number, "submission_key": str(new_uuid())} | document | WRONG_DIGIT, HTTP_ACCEPT="text/html"))
        for number in (ORDINARY, *NUMBERS[:5])
        for document in (DOCUMENT, GUESSED)
    }  # fmt: skip

    assert len(answers) == 1
    assert marks() == []  # no line was looked for, and no document was compared


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/replace-sim/", {}),
        ("/terminate/", {"confirmed": "on"}),
        (
            "/link-document/",
            {
                "further__document_type": "passport",
                "further__document_state": "NPL",
                "further__document_number": "Z7654321",
            },
        ),
    ],
)
def test_a_guessed_document_leaves_a_mark_that_the_subscriber_sees(numbers, app, address, fields):
    app("counter")
    client = sign_in(StaffRole.CLERK)

    answer = client.post(address, {"number": ORDINARY, "submission_key": str(new_uuid())} | GUESSED | fields)

    assert answer.status_code == 422
    assert marks() == [("found", False, numbers[ORDINARY])]
    from rollkeeper.lines.access_history import person_accesses

    history = person_accesses(console_authority(), current_tenure(numbers[ORDINARY]).person_id)
    assert len(history) == 1


@pytest.mark.parametrize("side", ["transferor", "subscriber"])
def test_a_transfer_with_a_guessed_document_leaves_a_mark(numbers, app, side):
    app("counter")
    client = sign_in(StaffRole.CLERK)
    taker = PERSON | DOCUMENT | {"document_number": "N9999999"}
    giver = GUESSED
    if side == "subscriber":
        taker, giver = PERSON | DOCUMENT, GUESSED

    answer = client.post(
        "/transfer/",
        {
            "number": ORDINARY,
            "submission_key": str(new_uuid()),
            "language": "en",
            "double_checked": "on",
            "confirmed": "on",
        }
        | {f"subscriber__{name}": value for name, value in taker.items()}
        | {f"transferor__{name}": value for name, value in giver.items()},
    )

    assert answer.status_code == 422
    assert marks() == [("found", side == "subscriber", numbers[ORDINARY])]


def test_documents_are_compared_only_so_often_by_one_account(numbers, app, limits):
    limits(document_mismatches_per_day=3)
    app("counter")
    client, other = sign_in(StaffRole.CLERK), sign_in(StaffRole.CLERK)

    def guess(who, document=GUESSED):
        return said(who.post("/replace-sim/", {"number": ORDINARY, "submission_key": str(new_uuid())} | document, HTTP_ACCEPT="text/html"))  # fmt: skip

    guessed = [guess(client) for _ in range(3)]
    after = guess(client, DOCUMENT)

    assert len(set(guessed)) == 1
    assert after not in guessed
    assert "The daily limit of lookups" in after[1]
    assert marks()[-1] == ("refused_limit", None, None)
    assert alarms() == ["limit_of_documents"]
    assert guess(other) == guessed[0]


def test_all_accounts_together_compare_only_so_many_documents(numbers, app, limits):
    limits(document_comparisons_per_day_total=4)
    app("counter")
    clerks = [sign_in(StaffRole.CLERK) for _ in range(5)]

    answers = [
        said(who.post("/replace-sim/", {"number": ORDINARY, "submission_key": str(new_uuid())} | GUESSED, HTTP_ACCEPT="text/html"))
        for who in clerks
    ]  # fmt: skip

    assert len(set(answers[:4])) == 1
    assert "The daily limit of lookups" in answers[4][1]
    assert alarms() == ["limit_of_documents"]


def test_numbers_are_looked_up_only_so_often_and_the_limit_is_an_alarm(numbers, app, limits):
    limits(lookups_per_day=10)
    app("counter")
    client, other = sign_in(StaffRole.CLERK), sign_in(StaffRole.CLERK)

    answers = [
        said(client.post("/", {"submission_key": "12345678", "number": ORDINARY}, HTTP_ACCEPT="text/html"))
        for _ in range(12)
    ]

    assert ["The daily limit of lookups" in page for _, page in answers] == [False] * 10 + [True] * 2
    assert [outcome for outcome, _, _ in marks()] == ["refused_limit"] * 2
    assert alarms() == ["limit_of_lookups"]
    assert FOUND in other.post("/", {"submission_key": "12345678", "number": ORDINARY}).content.decode()


def test_numbers_that_nobody_has_count_against_a_limit_of_their_own(numbers, app, limits):
    limits(missed_lookups_per_day=5)
    app("counter")
    client = sign_in(StaffRole.CLERK)

    answers = [
        said(client.post("/", {"submission_key": "12345678", "number": number}, HTTP_ACCEPT="text/html"))
        for number in NUMBERS[5:12]
    ]

    assert ["The daily limit of lookups" in page for _, page in answers] == [False] * 5 + [True] * 2
    assert alarms() == ["limit_of_lookups"]


def test_two_sessions_of_one_account_share_its_limit(numbers, app, limits):
    limits(lookups_per_day=4)
    app("counter")
    first, second = sign_in(StaffRole.CLERK, "twice"), None
    from django.test import Client

    from rollkeeper.access.models import Staff

    second = Client(SERVER_NAME="localhost")
    second.force_login(Staff.objects.get(username="twice"))

    answers = [said(who.post("/", {"submission_key": "12345678", "number": ORDINARY}, HTTP_ACCEPT="text/html"))[1] for _ in range(3) for who in (first, second)]  # fmt: skip

    assert ["The daily limit of lookups" in page for page in answers] == [False] * 4 + [True] * 2


ENDPOINTS = [
    ("counter", StaffRole.CLERK, "/pause/", {"reason": "abroad", "first": "2012-03-02"}),
    ("counter", StaffRole.CLERK, "/reconnect/", {}),
    ("counter", StaffRole.CLERK, "/essential/", {"essential": "yes"}),
    ("counter", StaffRole.CLERK, "/dispute/", {"receipt": ""}),
    *LOOKUPS,
]


@pytest.mark.parametrize(("app_name", "role", "address", "fields"), ENDPOINTS)
def test_every_address_that_takes_a_number_counts_and_marks_a_miss(numbers, app, limits, app_name, role, address, fields):  # fmt: skip
    limits(missed_lookups_per_day=1)
    app(app_name)
    client = signed_in(role)

    pages = [
        client.post(address, {"number": number, "submission_key": str(new_uuid())} | fields, HTTP_ACCEPT="text/html").content.decode()
        for number in NUMBERS[:2]
    ]  # fmt: skip

    assert [outcome for outcome, _, _ in marks()] == ["not_found", "refused_limit"]
    assert "The daily limit of lookups" in pages[1]


@pytest.mark.parametrize("address", ["/reconnect/", "/register/", "/install/"])
def test_a_refusal_that_tells_a_lines_state_leaves_a_mark_on_the_line(numbers, app, address):
    app("counter")
    client = sign_in(StaffRole.CLERK)
    fields = {f"subscriber__{name}": value for name, value in (PERSON | GUESSED).items()}

    answer = client.post(
        address,
        {
            "number": ORDINARY,
            "submission_key": str(new_uuid()),
            "language": "en",
            "double_checked": "on",
            "confirmed": "on",
        }
        | fields,
    )

    assert answer.status_code == 422
    assert marks() == [("found", None, numbers[ORDINARY])]


@pytest.mark.parametrize("address", ["/register/", "/install/"])
def test_a_protected_subscribers_number_is_taken_like_any_other_for_a_new_contract(numbers, app, address):
    app("counter")
    client = sign_in(StaffRole.CLERK)
    fields = {f"subscriber__{name}": value for name, value in (PERSON | GUESSED).items()}

    answers = [
        said(
            client.post(
                address,
                {"number": number, "submission_key": str(new_uuid()), "language": "en", "double_checked": "on"} | fields,
                HTTP_ACCEPT="text/html",
            )
        )
        for number in (ORDINARY, PROTECTED)
    ]  # fmt: skip

    # A sentence ends with the last digits of the number that was typed.
    one, other = ((status, re.sub(r"\+86 … \d{4}", "", page)) for status, page in answers)
    assert one == other
    assert [outcome for outcome, _, _ in marks()] == ["found", "refused_protected"]
    assert alarms() == ["protected"]


def test_trying_numbers_by_command_does_not_tell_them_apart_either(numbers):
    add_staff(
        console_authority(), username="super-1", password="long words of one super", roles=[StaffRole.SUPERVISOR], on=ON
    )  # fmt: skip
    words = ["vault", "open", "--as", "super-1", "--field", "name", "--purpose", "complaint"]

    answers = {}
    for number in (NUMBERS[0], PROTECTED):
        done = CliRunner().invoke(make_app(), words, input=f"long words of one super\n{number}\n")
        answers[number] = (done.exit_code, done.output, str(done.exception))

    assert len(set(answers.values())) == 1
    assert [outcome for outcome, _, _ in marks()] == ["not_found", "refused_protected"]
    assert alarms() == ["protected"]


def test_no_role_of_the_database_writes_or_reads_the_counts(numbers, as_role):
    from django.db import DatabaseError, transaction

    employ(StaffRole.CLERK)
    for role in ("counter", "backoffice", "portal", "worker", "vault", "auditor"):
        for statement in ("DELETE FROM lines_accesscount", "UPDATE lines_accesscount SET lookups = 0", "INSERT INTO lines_accesscount (staff_id, hour) VALUES (gen_random_uuid(), now())"):  # fmt: skip
            with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows(statement)


def test_a_reference_of_a_protected_subscribers_line_is_answered_like_an_unknown_one(numbers, app):
    app("backoffice")
    client = sign_in(StaffRole.SUPERVISOR)

    answers = {
        said(client.post("/line/reconnect/", {"line": str(line)}, HTTP_ACCEPT="text/html"))
        for line in (numbers[PROTECTED], new_uuid())
    }

    assert len(answers) == 1
    assert marks() == [("refused_protected", None, numbers[PROTECTED]), ("not_found", None, None)]
    assert alarms() == ["protected"]


def test_the_code_of_a_protected_subscribers_line_is_answered_like_a_wrong_one(numbers, app):
    app("counter")
    code = issue_code(console_authority(), numbers[PROTECTED], on=ON)
    client = sign_in(StaffRole.CLERK)

    answers = {
        said(client.post("/by-code/", {"submission_key": "12345678", "code": typed}, HTTP_ACCEPT="text/html"))
        for typed in (code, "0000000000")
    }

    assert len(answers) == 1
    assert [outcome for outcome, _, _ in marks()] == ["refused_protected", "not_found"]
    assert alarms() == ["protected"]


def test_two_accounts_have_two_limits_and_one_in_common(numbers, app, limits):
    limits(lookups_per_day=3, lookups_per_day_total=5)
    app("counter")
    clerks = [sign_in(StaffRole.CLERK) for _ in range(3)]

    pages = [
        said(who.post("/", {"submission_key": "12345678", "number": ORDINARY}, HTTP_ACCEPT="text/html"))[1]
        for who in clerks
        for _ in range(3)
    ]

    assert ["The daily limit of lookups" in page for page in pages] == [False] * 5 + [True] * 4
    assert alarms() == ["limit_of_lookups"]
