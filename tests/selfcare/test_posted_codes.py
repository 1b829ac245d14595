# SPDX-License-Identifier: EUPL-1.2
"""A code by letter: who may have one, what a stranger gets who asks for it or guesses it, and what becomes of a letter that comes back."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import console_authority, subscriber_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel, Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import PersonId, TenureId, new_uuid
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.contacts import join_contact
from rollkeeper.lines.queries import number_index_of
from rollkeeper.lines.writes import NewTenure
from rollkeeper.notices import one_time_codes
from rollkeeper.notices.gateways.base import Answer, SubmissionResult
from rollkeeper.notices.gateways.letters import letter_reference
from rollkeeper.notices.returned_mail import record_returned_letters, returned_letters, settle_letters
from rollkeeper.notices.settings import settings as notices_settings
from rollkeeper.operations.peer_check import look_at_peers
from rollkeeper.selfcare import portal_client, posted_codes
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.errors import WrongCode
from rollkeeper.selfcare.models import CodeRequest, PostedCode
from rollkeeper.selfcare.portal_worker import forget_expired
from rollkeeper.selfcare.posted_codes import print_letters
from rollkeeper.selfcare.request_handlers import OF_LIMITED_SESSIONS
from rollkeeper.selfcare.services import protect_subscriber
from rollkeeper.selfcare.sessions import end_all_sessions
from rollkeeper.selfcare.settings import settings as portal_settings
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values
from tests.builders.lines import change_line, suspend_line, transfer_tenure
from tests.builders.past import make_older
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, PERSON, ask, register_line

UNKNOWN = "+8613908919999"
ADDRESS = "Invented Person\n1 Invented Street\n850000 Lhasa"
DAY = dt.timedelta(days=1)


class Printer:
    """A printing house that keeps what it got."""

    rings, batch_size = False, 200

    def __init__(self):
        self.letters, self.answer = [], Answer.ACCEPTED

    def send(self, messages):
        self.letters += messages if self.answer is Answer.ACCEPTED else []
        return [
            SubmissionResult(
                self.answer, letter_reference(one.reference) if self.answer is Answer.ACCEPTED else None
            )
            for one in messages
        ]

    @property
    def newest_code(self):
        (line,) = [one for one in self.letters[-1].text.splitlines() if one.startswith("Your code is: ")]
        return line.removeprefix("Your code is: ")


@pytest.fixture
def printer(at_portal, monkeypatch):
    made = Printer()
    monkeypatch.setattr(one_time_codes, "gateway_of", lambda channel: {Channel.POST: made}[channel])
    return made


def cut_off(number=NUMBER, **more):
    """Make a registered line that is suspended and whose postal address is known."""
    line_id = register_line(number, **more)
    give_address(line_id)
    suspend_line(line_id, reason=SuspensionReason.REGISTRATION, on=ON)
    return line_id


def give_address(line_id, mailbox=None):
    value, kind = join_contact(mailbox, ADDRESS)
    (sealed,) = seal_line_values(LineField.CONTACT, [(line_id, value)])
    change_line(line_id, contact_sealed=sealed, contact_kind=kind)


def page(number=NUMBER, source="203.0.113.9"):
    return portal_client.request_code(number, source=source, language="en")


def ask_for_letter(number=NUMBER, source="203.0.113.9"):
    code_request_id = page(number, source)
    portal_client.request_letter(code_request_id)
    return code_request_id


def printed():
    return print_letters(worker_authority(), on=ON)


def test_a_person_who_is_cut_off_comes_in_days_later_with_the_code_of_a_letter(printer):
    line_id = cut_off()
    ask_for_letter()
    printed()
    forget_expired(worker_authority(), on=ON)
    make_older(CodeRequest, 2 * DAY, "made_at", "processed_at", "expires_at")
    forget_expired(worker_authority(), on=ON)

    token = portal_client.redeem_code(page(), printer.newest_code)
    shown = ask(token, PortalRequestKind.DASHBOARD)["done"]

    assert printer.letters[0].address.reveal() == ADDRESS
    assert (shown["limited"], shown["lines"][0]["line"], shown["kept"]) == (True, str(line_id), [])
    assert "done" in ask(token, PortalRequestKind.APPEAL)


def test_the_code_is_long_good_once_and_kept_as_a_hash_alone(printer):
    cut_off()
    ask_for_letter()
    printed()
    code = printer.newest_code
    kept = repr(rows("SELECT * FROM selfcare_postedcode"))

    portal_client.redeem_code(page(), code)

    assert len(code.replace(" ", "")) == 16
    assert code.replace(" ", "") not in kept
    with pytest.raises(WrongCode):
        portal_client.redeem_code(page(), code)


def test_the_letter_asks_for_no_slip_and_names_the_days(printer):
    cut_off()
    ask_for_letter()
    printed()

    assert not printer.letters[0].needs_slip
    assert f"valid for {portal_settings().letter_days} days" in printer.letters[0].text
    assert NUMBER not in printer.letters[0].text


@pytest.mark.parametrize("kind", sorted(set(PortalRequestKind) - OF_LIMITED_SESSIONS))
def test_who_opens_the_post_of_another_reads_nothing_and_ends_nothing(printer, kind):
    line_id = cut_off()
    ask_for_letter()
    printed()
    token = portal_client.redeem_code(page(), printer.newest_code)

    assert ask(token, kind, line=str(line_id))["refused"] == "limited_session"


@pytest.mark.parametrize(("age", "opens"), [(-1, True), (1, False)])
def test_a_code_by_letter_is_good_through_its_days(printer, age, opens):
    cut_off()
    ask_for_letter()
    printed()
    make_older(PostedCode, portal_settings().letter_days * DAY + dt.timedelta(minutes=age), "ends_at")

    if opens:
        assert portal_client.redeem_code(page(), printer.newest_code)
    else:
        with pytest.raises(WrongCode):
            portal_client.redeem_code(page(), printer.newest_code)


def test_the_code_opens_no_page_of_another_number(printer):
    cut_off()
    ask_for_letter()
    printed()

    with pytest.raises(WrongCode):
        portal_client.redeem_code(page(UNKNOWN), printer.newest_code)


def test_strangers_wrong_tries_do_not_make_a_letter_worthless(printer):
    cut_off()
    ask_for_letter()
    printed()
    code = printer.newest_code.replace(" ", "")
    wrong = f"{(int(code) + 1) % 10**16:016d}"

    for source in range(4):
        theirs = page(source=f"198.51.100.{source}")
        for _ in range(portal_settings().code_attempts + 1):
            with pytest.raises(WrongCode):
                portal_client.redeem_code(theirs, wrong)
        with pytest.raises(WrongCode):
            portal_client.redeem_code(theirs, code)

    assert portal_client.redeem_code(page(), code)


def test_who_asks_again_and_again_has_one_letter_sent(printer):
    cut_off()
    for source in range(5):
        ask_for_letter(source=f"198.51.100.{source}")
    printed()
    ask_for_letter()
    printed()

    assert len(printer.letters) == 1


@pytest.mark.parametrize(("more", "letters"), [(-1, 1), (1, 2)])
def test_a_line_gets_another_letter_once_the_days_of_the_first_are_over(printer, more, letters):
    cut_off()
    ask_for_letter()
    printed()
    make_older(PostedCode, portal_settings().letter_days * DAY + dt.timedelta(minutes=more), "ends_at")
    ask_for_letter(source="198.51.100.7")
    printed()

    assert len(printer.letters) == letters


def of_two_lines(monkeypatch):
    """Ask for the letters of two lines where one goes in a day."""
    few = portal_settings().model_copy(update={"letters_per_day": 1})
    monkeypatch.setattr(posted_codes, "settings", lambda: few)
    cut_off()
    cut_off("+8613908915678", person={"name": "Another Person", "address": "2 Invented Street", "document_type": "passport-npl", "document_number": "X7654321"})  # fmt: skip
    ask_for_letter()
    ask_for_letter("+8613908915678")
    printed()


def openings():
    return len(rows("SELECT FROM ledger_entry WHERE verb = %s", [Verb.SEALED_OPENED.value]))


def test_all_lines_together_get_so_many_letters_in_a_day(printer, monkeypatch):
    of_two_lines(monkeypatch)
    printed()

    assert len(printer.letters) == openings() == 1


def test_a_letter_beyond_the_number_of_a_day_goes_the_next_day(printer, monkeypatch):
    of_two_lines(monkeypatch)
    make_older(PostedCode, DAY + dt.timedelta(minutes=1), "made_at", "processed_at")
    forget_expired(worker_authority(), on=ON)
    printed()

    assert len(printer.letters) == openings() == 2
    assert portal_client.redeem_code(page("+8613908915678"), printer.newest_code)


@pytest.fixture
def at(monkeypatch):
    """Let it be an instant in Berlin, where the clocks change; letters are printed from nine to ten there."""
    hours = notices_settings().model_copy(
        update={"post_program": "print", "post_from": dt.time(9), "post_until": dt.time(10)}
    )
    monkeypatch.setattr(one_time_codes, "settings", lambda: hours)
    monkeypatch.setattr(one_time_codes, "channels_with_a_gateway", lambda: [Channel.POST])
    monkeypatch.setattr(clock, "zone", lambda: ZoneInfo("Europe/Berlin"))

    def now(said):
        instant = dt.datetime.fromisoformat(said)
        monkeypatch.setattr(clock, "now", lambda: instant)
        monkeypatch.setattr(clock, "true_now", lambda: instant)
        return instant

    return now


@pytest.mark.parametrize(
    ("first", "then", "letters"),
    [
        ("2026-03-27T09:58:00+01:00", "2026-03-27T09:59:30+01:00", 1),
        ("2026-03-27T09:58:00+01:00", "2026-03-28T08:59:59+01:00", 1),
        ("2026-03-27T09:58:00+01:00", "2026-03-28T09:00:00+01:00", 2),
        # The clocks go forward in the night to the 29th of March, and back in that to the 25th of October.
        ("2026-03-28T09:59:59+01:00", "2026-03-29T09:00:00+02:00", 2),
        ("2026-10-24T09:59:59+02:00", "2026-10-25T09:00:00+01:00", 2),
        ("2026-10-25T09:00:00+01:00", "2026-10-25T09:59:59+01:00", 1),
    ],
)
def test_the_letters_of_a_day_are_those_of_its_hours(printer, monkeypatch, at, first, then, letters):
    at(first)
    of_two_lines(monkeypatch)
    run("UPDATE selfcare_postedcode SET processed_at = %s WHERE reference IS NOT NULL", [at(first)])
    at(then)
    printed()

    assert len(printer.letters) == letters


def test_a_backlog_is_printed_day_by_day_and_no_day_prints_none(printer, monkeypatch, at):
    first = at("2026-03-26T09:57:00+01:00")
    of_two_lines(monkeypatch)
    run("UPDATE selfcare_postedcode SET processed_at = %s WHERE reference IS NOT NULL", [first])
    for nth in range(4):
        cut_off(f"+861390892000{nth}", person=PERSON | {"document_number": f"X765432{nth}"})
        ask_for_letter(f"+861390892000{nth}", source=f"198.51.100.{nth}")
    counts = []
    for day in ("2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"):
        offset = "+02:00" if day > "2026-03-28" else "+01:00"
        for hour in ("09:57", "09:59"):
            instant = at(f"{day}T{hour}:00{offset}")
            before = [
                row.reference
                for row in rows("SELECT reference FROM selfcare_postedcode WHERE reference IS NOT NULL")
            ]
            printed()
            run(
                "UPDATE selfcare_postedcode SET processed_at = %s WHERE reference IS NOT NULL AND reference <> ALL (%s)",
                [instant, before],
            )
        counts.append(len(printer.letters))

    assert counts == [1, 2, 3, 4, 5]


def test_what_the_printer_does_not_take_waits_through_the_longest_day_too(printer):
    cut_off()
    ask_for_letter()
    printer.answer = Answer.RETRY
    printed()
    make_older(PostedCode, dt.timedelta(hours=25), "made_at", "processed_at")
    forget_expired(worker_authority(), on=ON)
    printer.answer = Answer.ACCEPTED
    printed()

    assert len(printer.letters) == 1


def test_a_request_for_an_unknown_number_goes_after_a_day(printer):
    ask_for_letter(UNKNOWN)
    printed()
    make_older(PostedCode, DAY + dt.timedelta(minutes=1), "made_at", "processed_at")
    forget_expired(worker_authority(), on=ON)

    assert not rows("SELECT FROM selfcare_postedcode")


@pytest.mark.parametrize(("hours", "health"), [(26, "ok"), (27, "warning")])
def test_the_doctor_names_letters_that_wait_longer_than_to_the_next_day(printer, monkeypatch, hours, health):
    of_two_lines(monkeypatch)
    make_older(PostedCode, dt.timedelta(hours=hours, minutes=-1), "made_at")

    (found,) = look_at_peers()

    assert found.health == health
    assert health == "ok" or "1 letter with a code" in found.sentence


@pytest.mark.parametrize("answer", [Answer.REFUSED, Answer.RETRY])
def test_who_asks_again_has_no_address_opened_again_that_no_printer_takes(printer, answer):
    cut_off()
    printer.answer = answer
    for source in range(3):
        ask_for_letter(source=f"198.51.100.{source}")
        printed()

    assert openings() == 1


def test_a_line_whose_letter_was_refused_is_tried_again_after_a_week(printer):
    cut_off()
    printer.answer = Answer.REFUSED
    ask_for_letter()
    printed()
    make_older(PostedCode, 7 * DAY + dt.timedelta(minutes=1), "made_at", "processed_at")
    forget_expired(worker_authority(), on=ON)
    printer.answer = Answer.ACCEPTED
    ask_for_letter(source="198.51.100.7")
    printed()

    assert len(printer.letters) == 1


def test_a_line_in_service_gets_no_letter_and_one_that_nothing_else_reaches_does(printer):
    line_id = register_line()
    give_address(line_id)
    ask_for_letter()
    printed()
    assert printer.letters == []

    change_line(line_id, service=Service.INTERNET_ACCESS)
    ask_for_letter(source="198.51.100.7")
    printed()

    assert len(printer.letters) == 1


def test_a_line_whose_address_is_not_known_gets_none(printer):
    suspend_line(register_line(), reason=SuspensionReason.REGISTRATION, on=ON)
    ask_for_letter()
    printed()

    assert printer.letters == []


def test_no_letter_goes_to_a_protected_subscriber(printer):
    cut_off()
    protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)
    ask_for_letter()
    printed()

    assert printer.letters == []


def test_asking_runs_the_same_statements_for_every_number_and_says_nothing(printer, monkeypatch):
    cut_off()
    seen = {}

    def noting(kind):
        def note(statement, parameters=()):
            seen.setdefault(number, []).append(statement)
            return kind(statement, parameters)

        return note

    monkeypatch.setattr(portal_client, "rows", noting(portal_client.rows))
    monkeypatch.setattr(portal_client, "run", noting(portal_client.run))
    for number in (NUMBER, UNKNOWN):
        code_request_id = page(number, source=f"198.51.100.{len(number)}")
        assert portal_client.request_letter(code_request_id) is None

    assert seen[NUMBER] == seen[UNKNOWN]
    assert rows("SELECT count(*) AS waiting FROM selfcare_postedcode WHERE line_id IS NULL")[0].waiting == 2


def test_a_page_asks_once_and_within_twenty_minutes(printer):
    cut_off()
    late, twice = page(source="198.51.100.1"), page()
    make_older(CodeRequest, dt.timedelta(minutes=20, seconds=1), "made_at", code_request_id=late)
    for _ in range(2):
        portal_client.request_letter(twice)
    portal_client.request_letter(late)

    assert [row.code_request_id for row in rows("SELECT code_request_id FROM selfcare_postedcode")] == [twice]


def test_the_portal_makes_and_reads_no_letter(register, as_role):
    for statement in (
        "SELECT FROM selfcare_postedcode",
        "INSERT INTO selfcare_postedcode (code_request_id, number_index, language) VALUES (uuidv7(), '', 'en')",
        "UPDATE selfcare_postedcode SET code_hash = ''",
        "DELETE FROM selfcare_postedcode",
    ):
        with as_role("portal"), pytest.raises(DatabaseError), transaction.atomic():
            run(statement)


def test_the_portal_asks_and_tries_a_code_with_its_own_role(printer, as_role):
    cut_off()
    code_request_id = page()
    with as_role("portal"):
        portal_client.request_letter(code_request_id)
    with as_role("worker"):
        printed()
    new = page()
    with as_role("portal"):
        assert portal_client.redeem_code(new, printer.newest_code)


def test_every_letter_is_in_the_ledger_and_no_request_that_got_none(printer):
    line_id = cut_off()
    ask_for_letter(UNKNOWN, source="198.51.100.1")
    ask_for_letter()
    printed()
    found = rows("SELECT line_id, body FROM ledger_entry WHERE verb = %s", [Verb.CODE_SENT.value])

    assert [(row.line_id, json.loads(row.body)["facts"]["channel"]) for row in found] == [(line_id, "post")]


def test_a_printer_out_of_reach_gets_the_letter_later_with_another_code(printer):
    cut_off()
    ask_for_letter()
    printer.answer = Answer.RETRY
    printed()
    kept = rows("SELECT code_hash, ends_at FROM selfcare_postedcode")[0]
    printer.answer = Answer.ACCEPTED
    make_older(PostedCode, dt.timedelta(minutes=61), "processed_at")
    printed()

    assert (kept.code_hash, kept.ends_at) == (None, None)
    assert portal_client.redeem_code(page(), printer.newest_code)


@pytest.mark.parametrize(("days", "waits"), [(6, True), (8, False)])
def test_an_address_is_opened_once_an_hour_while_the_printer_is_away_and_for_a_week(printer, days, waits):
    line_id = cut_off()
    ask_for_letter()
    printer.answer = Answer.RETRY
    for _ in range(5):
        printed()
    make_older(PostedCode, dt.timedelta(minutes=59), "processed_at")
    printed()

    assert (
        len(
            rows(
                "SELECT FROM ledger_entry WHERE line_id = %s AND verb = %s",
                [line_id, Verb.SEALED_OPENED.value],
            )
        )
        == 1
    )
    make_older(PostedCode, days * DAY, "made_at")
    forget_expired(worker_authority(), on=ON)
    assert bool(rows("SELECT FROM selfcare_postedcode")) is waits


def test_another_page_does_not_print_meanwhile_what_waits_for_the_printer(printer):
    cut_off()
    ask_for_letter()
    printer.answer = Answer.RETRY
    printed()
    printer.answer = Answer.ACCEPTED
    ask_for_letter(source="198.51.100.7")
    printed()
    make_older(PostedCode, dt.timedelta(minutes=61), "processed_at")
    printed()

    assert len(printer.letters) == 1


def test_a_letter_whose_printing_was_broken_off_is_printed_after_ten_minutes(printer, monkeypatch):
    cut_off()
    ask_for_letter()
    with monkeypatch.context() as broken:
        broken.setattr(printer, "send", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            printed()
    printed()
    assert printer.letters == []

    make_older(PostedCode, dt.timedelta(minutes=11), "processed_at")
    printed()

    assert portal_client.redeem_code(page(), printer.newest_code)


def test_the_letter_of_a_former_subscriber_opens_nothing_of_the_next_one(printer):
    line_id = cut_off()
    ask_for_letter()
    printed()
    (now,) = rows("SELECT clock_timestamp() AS at")
    next_one = NewTenure(
        line_id, TenureId(new_uuid()), "individual", PersonId(new_uuid()), "sighted", "0a" * 32
    )

    transfer_tenure(next_one, at=now.at)

    with pytest.raises(WrongCode):
        portal_client.redeem_code(page(), printer.newest_code)


def test_the_letter_of_a_line_that_has_ended_opens_nothing(printer):
    line_id = cut_off()
    ask_for_letter()
    printed()

    change_line(line_id, state="terminated", terminated_on=ON, terminated_by="subscriber")

    with pytest.raises(WrongCode):
        portal_client.redeem_code(page(), printer.newest_code)


def test_the_code_of_a_letter_that_came_back_opens_nothing(printer):
    cut_off()
    ask_for_letter()
    printed()
    window = letter_reference(printer.letters[0].reference)

    record_returned_letters(console_authority(), [window], on=ON)
    settle_letters(worker_authority(), on=ON)

    assert [one.verdict for one in returned_letters(limit=5)] == ["returned"]
    with pytest.raises(WrongCode):
        portal_client.redeem_code(page(), printer.newest_code)


def test_a_remedy_that_ends_all_sessions_makes_letters_worthless(printer):
    cut_off()
    ask_for_letter()
    printed()
    end_all_sessions()

    with pytest.raises(WrongCode):
        portal_client.redeem_code(page(), printer.newest_code)


def test_what_was_asked_for_an_unknown_number_goes_after_a_day(printer):
    ask_for_letter(UNKNOWN)
    printed()
    make_older(PostedCode, DAY + dt.timedelta(minutes=1), "made_at", "processed_at")
    forget_expired(worker_authority(), on=ON)

    assert rows("SELECT FROM selfcare_postedcode") == []


def test_letters_are_printed_by_the_worker_alone(printer):
    with refusing(NOT_ALLOWED):
        print_letters(subscriber_authority("0d" * 32), on=ON)


def test_the_letter_of_who_was_protected_after_it_was_printed_opens_nothing(printer):
    cut_off()
    ask_for_letter()
    printed()

    protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)

    with pytest.raises(WrongCode):
        portal_client.redeem_code(page(), printer.newest_code)


@pytest.mark.parametrize("make", [lambda: None, register_line])
def test_the_published_ledger_does_not_tell_to_which_numbers_letters_go(printer, make):
    """Who asks for a letter at night and counts the leaves that come within the minute learns nothing."""
    other = "+8613908911235"
    cut_off(other, person=PERSON | {"document_number": "X7654321"})
    make()

    seen = []
    for number in (other, NUMBER):
        ask_for_letter(number)
        (before,) = rows("SELECT max(entry_id) AS entry FROM ledger_entry")
        printed()
        after = rows("SELECT verb FROM ledger_entry WHERE entry_id > %s", [before.entry])
        seen.append([Verb(row.verb).leaf_class.value for row in after])

    assert seen == [["access", "access"], ["access", "access"]]
