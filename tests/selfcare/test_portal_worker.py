# SPDX-License-Identifier: EUPL-1.2
"""Who gets in: a code to the line itself, once, soon, after few tries; and no one learns which numbers are ours."""

import datetime as dt
import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, database, stores
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.law.rules import Allowed, Refused
from rollkeeper.ledger.verbs import Verb
from rollkeeper.selfcare import personal_data, portal_client, portal_worker, unsent_codes
from rollkeeper.selfcare.answer_encryption import new_key
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.errors import REGISTER_UNAVAILABLE, TooManyCodeRequests, WrongCode
from rollkeeper.selfcare.jobs import JOBS
from rollkeeper.selfcare.models import CodeRequest
from rollkeeper.selfcare.rules import may_send_code, normalise_name
from rollkeeper.selfcare.sessions import active_session
from rollkeeper.selfcare.settings import settings as portal_settings
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.commands import change_commands
from tests.builders.lines import mark_terminated
from tests.builders.past import make_older
from tests.refusals import refusing
from tests.selfcare.conftest import answering
from tests.selfcare.people import NUMBER, ON, PERSON, ask, register_line, session, work_off

UNKNOWN = "+8613908919999"


def code_request(number=NUMBER, source="203.0.113.9"):
    return portal_client.request_code(number, source=source, language="en")


def test_a_code_goes_to_the_line_itself_and_signs_in_once(at_portal):
    register_line()

    code_request_id = code_request()
    token = portal_client.redeem_code(code_request_id, at_portal.newest_code)

    assert at_portal.messages[-1][0] == NUMBER
    assert "done" in portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")
    with pytest.raises(WrongCode):
        portal_client.redeem_code(code_request_id, at_portal.newest_code)


@pytest.mark.parametrize("zero", ["０", "༠"])
def test_a_code_opens_in_the_figures_of_the_readers_own_script(at_portal, zero):
    register_line()
    code_request_id = code_request()

    assert portal_client.redeem_code(
        code_request_id, " ".join(chr(ord(zero) + int(figure)) for figure in at_portal.newest_code)
    )


def test_a_code_is_kept_as_a_hash_alone_and_goes_when_it_is_used(at_portal):
    register_line()
    code_request_id = code_request()
    code = at_portal.newest_code

    (before,) = rows("SELECT * FROM selfcare_coderequest WHERE code_request_id = %s", [code_request_id])
    portal_client.redeem_code(code_request_id, code)
    (after,) = rows(
        "SELECT code_hash FROM selfcare_coderequest WHERE code_request_id = %s", [code_request_id]
    )

    assert code not in repr(before)
    assert code.encode() not in bytes(before.code_hash)
    assert after.code_hash is None


def test_five_wrong_tries_close_the_code_for_the_right_one_too(at_portal):
    register_line()
    code_request_id = code_request()
    wrong = f"{(int(at_portal.newest_code) + 1) % 10**8:08d}"

    for _ in range(portal_settings().code_attempts):
        with pytest.raises(WrongCode):
            portal_client.redeem_code(code_request_id, wrong)

    with pytest.raises(WrongCode):
        portal_client.redeem_code(code_request_id, at_portal.newest_code)


def test_the_last_try_still_opens(at_portal):
    register_line()
    code_request_id = code_request()
    for _ in range(portal_settings().code_attempts - 1):
        with pytest.raises(WrongCode):
            portal_client.redeem_code(code_request_id, "0")

    assert portal_client.redeem_code(code_request_id, at_portal.newest_code)


def test_a_code_that_is_too_old_does_not_open(at_portal):
    register_line()
    code_request_id = code_request()
    run("UPDATE selfcare_coderequest SET expires_at = clock_timestamp() - interval '1 second'")

    with pytest.raises(WrongCode):
        portal_client.redeem_code(code_request_id, at_portal.newest_code)


def test_a_code_opens_only_where_it_was_asked_for(at_portal):
    register_line()
    code_request()
    other = code_request(UNKNOWN)

    with pytest.raises(WrongCode):
        portal_client.redeem_code(other, at_portal.newest_code)


def test_an_unknown_number_takes_the_same_statements_and_gets_the_same_answers(at_portal, monkeypatch):
    register_line()
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: None)
    statements = {}

    for number in (NUMBER, UNKNOWN):
        with CaptureQueriesContext(connection) as seen:
            code_request_id = code_request(number)
        work_off()
        with CaptureQueriesContext(connection) as tried, pytest.raises(WrongCode) as refused:
            portal_client.redeem_code(code_request_id, "00000000")
        shapes = [
            one["sql"].split("VALUES")[0].split("(")[0].split('"')[0]
            for one in (*seen.captured_queries, *tried.captured_queries)
        ]
        statements[number] = (shapes, str(refused.value))

    assert statements[NUMBER] == statements[UNKNOWN]
    assert len(at_portal.messages) == 1


def test_a_wrong_try_is_written_down_for_every_number_alike(at_portal):
    register_line()
    left = {}

    for number in (NUMBER, UNKNOWN):
        code_request_id = code_request(number)
        for _ in range(2):
            with pytest.raises(WrongCode):
                portal_client.redeem_code(code_request_id, "0")
        (row,) = rows(
            "SELECT attempts_left - tries AS attempts_left, expires_at > clock_timestamp() AS is_open"
            " FROM selfcare_coderequest JOIN selfcare_codetry USING (code_request_id) WHERE code_request_id = %s",
            [code_request_id],
        )
        left[number] = (row.attempts_left, row.is_open)

    assert left[NUMBER] == left[UNKNOWN] == (portal_settings().code_attempts - 2, True)


def written(opened, statement, values):
    """How many bytes the server says that it writes for a statement, and in how many records."""
    ((plan,),) = opened.execute(f"EXPLAIN (ANALYZE, WAL, FORMAT JSON) {statement}", values).fetchall()
    return plan[0]["Plan"]["WAL Records"], plan[0]["Plan"]["WAL Bytes"]


def test_a_portal_in_wrong_hands_learns_by_no_plan_which_number_is_a_lines(committed, telephone, monkeypatch):
    answering(telephone, monkeypatch)
    register_line()
    pages = {number: code_request(number) for number in (NUMBER, UNKNOWN)}
    heard = {}

    with database.connect(stores.REGISTER, "portal") as opened:
        opened.autocommit = True
        for number, page in pages.items():
            said = [
                (
                    written(opened, "SELECT selfcare_count_try(%s, %s, %s)", [page, b"1" * 32, b"2" * 32]),
                    written(opened, "SELECT selfcare_verify_code(%s, %s)", [page, b"3" * 32]),
                )
                for _ in range(4)
            ]
            heard[number] = min(said[1:])  # the first also writes to an index

    assert heard[NUMBER] == heard[UNKNOWN]
    assert len(telephone.messages) == 1


def test_a_line_gets_no_more_codes_than_the_limit(at_portal):
    register_line()

    for nth in range(portal_settings().codes_per_hour + 2):
        code_request(source=f"203.0.113.{nth}")

    assert len(at_portal.messages) == portal_settings().codes_per_hour


def test_codes_that_are_on_their_way_count_as_those_that_went(at_portal, monkeypatch):
    register_line()
    real, asked = portal_worker.send_one_time_code, iter(range(portal_settings().codes_per_hour + 2))

    def slowly(*given, **named):
        nth = next(asked, None)
        if nth is not None:
            code_request(source=f"203.0.113.{nth}")
        return real(*given, **named)

    monkeypatch.setattr(portal_worker, "send_one_time_code", slowly)

    code_request()

    assert len(at_portal.messages) == portal_settings().codes_per_hour


def test_two_code_requests_of_one_source_at_once_are_counted_one_after_the_other(
    committed, data_dir, monkeypatch
):
    begin_first_epoch()
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: None)
    settled = portal_settings().code_requests_per_hour
    for _ in range(settled - 1):
        code_request(UNKNOWN)

    def at_once(_):
        try:
            return bool(code_request(UNKNOWN))
        except TooManyCodeRequests:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as several:
        came = list(several.map(at_once, range(4)))

    assert sum(came) == 1
    assert len(rows("SELECT FROM selfcare_coderequest")) == settled


def test_one_source_is_held_up_whatever_the_numbers_and_no_address_is_kept(at_portal):
    for _ in range(portal_settings().code_requests_per_hour):
        code_request(UNKNOWN)

    with pytest.raises(TooManyCodeRequests):
        code_request()
    assert code_request(source="198.51.100.1")
    assert "203.0.113.9" not in repr(rows("SELECT * FROM selfcare_coderequest"))


@pytest.mark.parametrize(("after_days", "gets_one"), [(0, False), (2, False), (3, True), (4, True)])
def test_a_line_whose_sim_was_replaced_gets_no_code_for_some_days(after_days, gets_one):
    verdict = may_send_code(
        is_living=True, in_hour=0, in_day=0, hourly=3, sim_replaced_on=ON, sim_days=3,
        on=ON + dt.timedelta(days=after_days),
    )  # fmt: skip

    assert isinstance(verdict, Allowed) is gets_one


@pytest.mark.parametrize(
    ("in_hour", "in_day", "gets_one"),
    [(2, 5, True), (3, 5, False), (4, 4, False), (0, 6, False), (0, 7, False)],
)
def test_codes_are_counted_by_the_hour_and_by_the_day(in_hour, in_day, gets_one):
    verdict = may_send_code(
        is_living=True, in_hour=in_hour, in_day=in_day, hourly=3, sim_replaced_on=None, sim_days=3, on=ON
    )

    assert isinstance(verdict, Refused) is not gets_one


def replace_the_sim():
    from rollkeeper.access.authority import console_authority
    from rollkeeper.registration.services import replace_sim

    replace_sim(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER,
        document=("passport-npl", "X1234567"), on=ON,
    )  # fmt: skip


def test_a_sim_replaced_today_means_no_code_today(at_portal):
    register_line()
    replace_the_sim()

    code_request()

    assert at_portal.messages == []


def test_a_code_on_its_way_opens_nothing_after_the_sim_was_replaced(at_portal):
    register_line()
    code_request_id = code_request()
    late = at_portal.newest_code  # the telephone was off: the network delivers it to the new SIM

    replace_the_sim()

    with pytest.raises(WrongCode):
        portal_client.redeem_code(code_request_id, late)


def test_a_letter_after_the_sim_was_replaced_makes_no_earlier_code_good(at_portal):
    from rollkeeper.ledger.services import append_entry
    from rollkeeper.ledger.verbs import Verb

    line_id = register_line()
    code_request_id = code_request()
    late = at_portal.newest_code
    replace_the_sim()

    with database.action():
        append_entry(worker_authority(), verb=Verb.CODE_SENT, role="worker", on=ON, line_id=line_id, facts={"channel": "post"})  # fmt: skip

    with pytest.raises(WrongCode):
        portal_client.redeem_code(code_request_id, late)


def test_a_code_that_is_sent_while_the_sim_is_replaced_opens_nothing(at_portal, monkeypatch):
    register_line()
    send = portal_worker.send_one_time_code

    def send_slowly(*args, **kwargs):
        replace_the_sim()
        return send(*args, **kwargs)

    monkeypatch.setattr(portal_worker, "send_one_time_code", send_slowly)

    code_request_id = code_request()

    with pytest.raises(WrongCode):
        portal_client.redeem_code(code_request_id, at_portal.newest_code)


def test_a_later_subscriber_of_the_number_signs_in_as_themselves(at_portal):
    from rollkeeper.access.authority import console_authority
    from rollkeeper.registration.services import terminate_line

    before = register_line()
    terminate_line(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER,
        document=("passport-npl", "X1234567"), on=ON,
    )  # fmt: skip
    change_commands(kind="terminate", state="confirmed", read_back="absent")
    later = ON + dt.timedelta(days=400)
    clock.set_demo_date(later)
    now = register_line(person=PERSON | {"document_number": "X7654321", "name": "Somebody Else"}, on=later)

    shown = portal_client.send_request(session(at_portal), PortalRequestKind.DASHBOARD, language="en")["done"]

    assert {one["line"] for one in shown["lines"]} == {str(now)} != {str(before)}
    assert {one["line"] for one in shown["receipts"]} == {str(now)}


def test_the_portals_role_can_make_no_session_and_read_none(at_portal, as_role):
    register_line()
    session(at_portal)

    for statement in (
        "SELECT * FROM selfcare_portalsession", "SELECT code_hash FROM selfcare_coderequest", "SELECT session_mark FROM selfcare_portalrequest",
        "INSERT INTO selfcare_portalsession (session_mark) VALUES ('x')", "UPDATE selfcare_coderequest SET attempts_left = 5",
        "SELECT * FROM lines_line", "SELECT * FROM lines_number", "SELECT * FROM vault_sealed", "SELECT * FROM access_staff",
        "SELECT * FROM ledger_entry", "SELECT * FROM django_session", "SELECT * FROM subscribers_document",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal"):
            run(statement)


def test_a_portal_that_was_taken_over_does_not_choose_who_stands_in_the_ledger(at_portal, as_role):
    register_line()
    code_request_id = code_request()
    work_off()
    of_staff = hashlib.sha256(b"a commitment that the ledger publishes").digest()

    with as_role("portal"):
        rows(
            "SELECT selfcare_count_try(%s, %s, NULL)",
            [code_request_id, portal_client.hash_code(code_request_id, at_portal.newest_code)],
        )
        (opened,) = rows("SELECT selfcare_verify_code(%s, %s) AS opened", [code_request_id, of_staff])

    assert opened.opened
    assert active_session(of_staff).authority.commitment not in {of_staff.hex(), "console", "worker"}


def test_a_portal_that_was_taken_over_begins_no_session_without_the_code(at_portal, as_role):
    register_line()
    code_request_id = code_request()
    work_off()
    mark = hashlib.sha256(b"its own").digest()

    with as_role("portal"):
        (untried,) = rows("SELECT selfcare_verify_code(%s, %s) AS opened", [code_request_id, mark])
        rows("SELECT selfcare_count_try(%s, NULL, NULL)", [code_request_id])
        (opened,) = rows("SELECT selfcare_verify_code(%s, %s) AS opened", [code_request_id, mark])

    assert (untried.opened, opened.opened, rows("SELECT FROM selfcare_portalsession")) == (False, False, [])


def tries(portal, page, codes, *, in_one=False, taken_back=False):
    """Try codes by statements alone: compared in the same transaction, or taken back before; return which open."""
    opened = []
    for code in codes:
        given = portal_client.hash_code(page, code)
        portal.execute("BEGIN")
        portal.execute("SELECT selfcare_count_try(%s, %s, NULL)", [page, given])
        if not in_one:
            portal.execute("ROLLBACK" if taken_back else "COMMIT")
            portal.execute("BEGIN")
        answer = portal.execute(
            "SELECT selfcare_verify_code(%s, %s)", [page, hashlib.sha256(given).digest()]
        ).fetchone()
        opened += [code] if answer[0] else []
        portal.execute("COMMIT" if answer[0] or not (in_one or taken_back) else "ROLLBACK")
    return opened


@pytest.mark.parametrize(
    ("wrong", "how", "opens"),
    [
        (4, {}, True),
        (5, {}, False),
        (0, {"in_one": True}, False),
        (0, {"taken_back": True}, False),
        (20, {"in_one": True}, False),
        (20, {"taken_back": True}, False),
    ],
)
def test_no_portal_takes_a_wrong_try_of_a_code_back(
    committed, data_dir, telephone, monkeypatch, wrong, how, opens
):
    answering(telephone, monkeypatch)
    register_line()
    page = code_request()
    work_off()
    right = telephone.newest_code
    others = [f"{(int(right) + more) % 10**8:08}" for more in range(1, wrong + 1)]

    with database.connect(stores.REGISTER, database.Role.PORTAL) as portal:
        opened = tries(portal, page, [*others, right], **how)

    assert opened == ([right] if opens else [])
    assert len(rows("SELECT FROM selfcare_portalsession")) == opens


def test_the_portals_role_can_do_all_that_sign_in_needs(at_portal, as_role, monkeypatch):
    register_line()
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: run("NOTIFY selfcare"))
    with as_role("portal"):
        code_request_id = code_request()
    work_off()

    with as_role("portal"):
        token = portal_client.redeem_code(code_request_id, at_portal.newest_code)

    assert token


def test_an_ask_that_nobody_answers_is_taken_back_and_never_done(at_portal, monkeypatch):
    register_line()
    token = session(at_portal)
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: None)

    with refusing(REGISTER_UNAVAILABLE):
        portal_client.send_request(
            token, PortalRequestKind.DISPUTE, language="en", payload={"key": str(new_uuid())}
        )
    work_off()

    assert not rows("SELECT FROM lines_line WHERE is_disputed")


def test_a_session_ends_by_itself_and_when_the_line_changes_hands(at_portal):
    register_line()
    token = session(at_portal)
    run("UPDATE lines_tenure SET tenure_id = gen_random_uuid()")

    assert (
        portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")["refused"]
        == "session_expired"
    )

    token = session(at_portal)
    run("UPDATE selfcare_portalsession SET ends_at = clock_timestamp()")
    assert (
        portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")["refused"]
        == "session_expired"
    )


@pytest.mark.parametrize("no_key", [b"", b"short", bytes(32)])
def test_an_ask_that_nobody_could_read_the_answer_of_is_not_done_and_holds_nobody_up(at_portal, no_key):
    register_line()
    token = session(at_portal)
    run(
        "INSERT INTO selfcare_portalrequest (request_id, session_mark, kind, payload, language, public_key) VALUES (%s, %s, %s, %s, %s, %s)",
        [new_uuid(), token.mark, PortalRequestKind.DISPUTE.value, f'{{"key": "{new_uuid()}"}}', "en", no_key],
    )

    assert work_off() == 1
    assert not rows("SELECT FROM lines_line WHERE is_disputed")
    assert "done" in portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")


BROKEN = {
    "a number of 5,000 figures": {"payload": '{"key": %s}' % ("9" * 5000)},
    "a number out of sense": {"payload": '{"key": 1e400, "until": -1e-400}'},
    "brackets 3,000 deep": {"payload": "[" * 3000 + "]" * 3000},
    "no object": {"payload": '"text"'},
    "no kind": {"kind": "x"},
    "no language": {"language": "../../x" * 40},
    "an empty language": {"language": ""},
    "no session": {"mark": b""},
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_no_request_of_a_portal_keeps_the_others_from_their_answer(at_portal, as_role, broken):
    register_line()
    token = session(at_portal)
    given = {
        "mark": token.mark,
        "kind": PortalRequestKind.DISPUTE.value,
        "payload": "{}",
        "language": "en",
    } | BROKEN[broken]
    with suppress(DatabaseError), as_role("portal"):
        run(
            "INSERT INTO selfcare_portalrequest (request_id, session_mark, kind, payload, language, public_key)"
            " VALUES (uuidv7(), %(mark)s, %(kind)s, %(payload)s, %(language)s, %(key)s)",
            {**given, "key": new_key().public_key().public_bytes_raw()},
        )

    assert "done" in portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")


def test_what_is_a_day_old_goes_also_where_the_day_stands_still(at_portal):
    code_request(UNKNOWN)
    make_older(CodeRequest, dt.timedelta(hours=25), "made_at")

    portal_worker.forget_expired(worker_authority(), on=ON)

    assert rows("SELECT FROM selfcare_coderequest") == []


def test_a_run_of_the_portals_job_is_bounded_and_says_that_more_waits(at_portal, monkeypatch):
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: None)
    for _ in range(3):
        code_request(UNKNOWN)

    assert portal_worker.send_codes(worker_authority(), limit=2) == 2
    assert portal_worker.send_codes(worker_authority(), limit=2) == 1


def test_an_answer_lies_nowhere_once_it_was_read(at_portal):
    register_line()
    token = session(at_portal)

    portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")

    assert rows("SELECT FROM selfcare_portalrequest") == []


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("invented person", "Invented Person"), ("INVENTED·PERSON", "Invented Person"),
        ("Ｉｎｖｅｎｔｅｄ　Person", "Invented Person"), ("Invented\u2010Person", "Invented-Person"),
        ("Inven\u200bted Per\u00adson", "Invented Person"), ("\u200fInvented\u202c Person\u202e", "Invented Person"),
        ("O\u02bcInvented", "O'Invented"), ("བསོད་ནམས།", "བསོད་\u200bནམས"), ("王\U000e0100小明", "王小明"), ("홍\u3164길동", "홍길동"),
    ],
)  # fmt: skip
def test_a_name_is_compared_without_its_spelling(other, name):
    assert normalise_name(other) == normalise_name(name)


@pytest.mark.parametrize(("other", "name"), [("Invented", "Invénted"), ("་", "-"), ("।", "—"), ("ནམས", "ནམ")])
def test_names_of_other_letters_or_of_none_stay_apart(other, name):
    assert normalise_name(other) != normalise_name(name)


def test_a_gateway_that_hangs_keeps_no_one_waiting_who_is_signed_in(at_portal, monkeypatch):
    register_line()
    token = session(at_portal)
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: None)
    code_request()

    def hang(*_, **__):
        raise AssertionError("the message centre does not answer")

    monkeypatch.setattr(portal_worker, "send_one_time_code", hang)
    answering_job = next(job for job in JOBS if job.name == "answer-portal")
    monkeypatch.setattr(portal_client, "_wake_worker", answering_job.run)

    assert "done" in portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")


def test_both_jobs_of_the_portal_are_called_when_it_says_that_something_waits():
    called = {job.name for job in JOBS if job.wakes_on == portal_client.CHANNEL and job.for_apps}

    assert called == {"answer-portal", "send-portal-codes"}


def test_one_visitor_with_a_program_does_not_use_up_what_all_may_have_opened(at_portal, monkeypatch):
    monkeypatch.setattr(personal_data, "MOST_A_DAY", 12)
    other = "+8613908911299"
    register_line()
    register_line(other, PERSON | {"document_number": "X7654399", "name": "Another Invented"})
    tokens = [session(at_portal), session(at_portal, other)]
    run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")

    answers = [ask(tokens[0], PortalRequestKind.EXPORT) for _ in range(9)]
    (opened,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    refused = [answer.get("refused") for answer in answers]

    assert refused[0] is None
    assert refused[-1] == "opened_too_often"
    assert opened.n < 30
    assert "done" in ask(tokens[1], PortalRequestKind.EXPORT)


SECOND = "+8613908911235"


def no_line():
    """No one has this number."""


def a_line_that_ended():
    mark_terminated(register_line(), ON)


def a_line_that_had_its_codes():
    register_line()
    for nth in range(portal_settings().codes_per_hour):
        code_request(source=f"198.51.100.{nth}")


@pytest.mark.parametrize("make", [no_line, a_line_that_ended, a_line_that_had_its_codes])
def test_the_published_ledger_does_not_tell_which_numbers_are_lines(at_portal, make):
    """Who asks for a code at night and counts the leaves that come within the minute learns nothing."""
    register_line(SECOND, PERSON | {"document_number": "X7654321"})
    make()

    seen = []
    for number in (SECOND, NUMBER):
        before = len(classes_of_leaves())
        code_request(number)
        seen.append(classes_of_leaves()[before:])

    assert seen == [["access", "access"], ["access", "access"]]


def classes_of_leaves():
    """The class of each leaf there will be."""
    return [
        Verb(row.verb).leaf_class.value for row in rows("SELECT verb FROM ledger_entry ORDER BY entry_id")
    ]


def test_a_code_that_is_not_sent_is_entered_about_no_one_and_not_without_end(at_portal, monkeypatch):
    few = portal_settings().model_copy(update={"unsent_codes_per_hour": 2})
    monkeypatch.setattr(unsent_codes, "settings", lambda: few)

    for nth in range(4):
        code_request(UNKNOWN, source=f"198.51.100.{nth}")

    found = rows("SELECT line_id, person_id, body FROM ledger_entry WHERE verb = 'selfcare:code:not_sent'")
    assert [(row.line_id, row.person_id) for row in found] == [(None, None)] * 4
    assert not [row for row in found if "facts" in row.body]
