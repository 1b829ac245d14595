"""What may be requested, decided, put off: each limit on the day before, the day, the day after; below, at, above."""

import datetime as dt
from uuid import UUID

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.disclosures.choices import Instrument, RefusalReason
from rollkeeper.disclosures.rules import (
    DisclosureScope,
    are_enough_approvers,
    is_over,
    is_to_erase,
    may_be_disclosed,
    may_defer,
    must_notify,
)
from rollkeeper.law.calendars import Term
from rollkeeper.law.disclosures import disclosure_laws, reply_by
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import Allowed
from tests.builders.packs import read_text
from tests.disclosures.lawful import lawful_pack

ON = dt.date(2012, 3, 2)
DAY = dt.timedelta(days=1)
SUPERVISOR, OFFICER, CLERK = StaffRole.SUPERVISOR, StaffRole.DATA_PROTECTION_OFFICER, StaffRole.CLERK
A, B, C = (UUID(int=n) for n in (1, 2, 3))


def pack(**changes):
    return read_text(lawful_pack(**changes))


def law(**changes):
    (found,) = disclosure_laws(pack(**changes), on=ON)
    return found


def verdict(laws=None, **changes):
    given = {
        "kind": "court", "instrument": Instrument.WARRANT, "fields": frozenset({"name"}), "expires_on": ON,
        "key_valid_until": ON, "requests_before": 0,
    }  # fmt: skip
    return may_be_disclosed(
        DisclosureScope(**given | changes), laws if laws is not None else [law()], pack="lawful", on=ON
    )


def because(found):
    return None if isinstance(found, Allowed) else found.because


def test_what_the_law_allows_is_allowed_by_its_article():
    assert verdict() == Allowed("7")


def test_the_reference_law_lets_nobody_disclosure_request_anything():
    assert disclosure_laws(load_pack("cn-xz-2011"), on=ON) == ()
    assert because(verdict([])) is RefusalReason.NO_POWER


def test_another_kind_of_authority_has_no_power():
    assert because(verdict(kind="police")) is RefusalReason.NO_POWER


@pytest.mark.parametrize(
    "changes", [{"confirmed": "false"}, {"rank": "press"}, {"rank": "guidance"}, {"rank": "order"}]
)
def test_a_power_that_nobody_confirmed_in_a_law_is_none(changes):
    assert because(verdict([law(**changes)])) is RefusalReason.NOT_CONFIRMED


@pytest.mark.parametrize("rank", ["statute", "regulation", "constitution", "court"])
def test_a_power_in_a_law_is_one(rank):
    assert because(verdict([law(rank=rank)])) is None


@pytest.mark.parametrize("instrument", [Instrument.WRITTEN_ORDER, Instrument.SUBPOENA])
def test_another_paper_than_the_law_wants_is_not_enough(instrument):
    assert because(verdict(instrument=instrument)) is RefusalReason.WRONG_INSTRUMENT


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"name", "address"}, None),
        ({"name", "address", "document_number"}, RefusalReason.TOO_WIDE),
        ({"birth_date"}, RefusalReason.TOO_WIDE),
        ({"name", "iccid"}, RefusalReason.TOO_WIDE),
        ({"citizenship"}, RefusalReason.TOO_WIDE),
        (set(), RefusalReason.TOO_WIDE),
    ],
)
def test_only_the_fields_that_the_law_names_may_be_demanded(fields, found):
    assert because(verdict(fields=frozenset(fields))) is found


@pytest.mark.parametrize(("days", "found"), [(-1, RefusalReason.EXPIRED), (0, None), (1, None)])
def test_an_instrument_is_good_until_its_last_day(days, found):
    assert because(verdict(expires_on=ON + days * DAY)) is found
    assert is_over(ON + days * DAY, on=ON) is (days < 0)


@pytest.mark.parametrize(
    ("days", "found"), [(-1, RefusalReason.KEY_OVER), (0, None), (1, None), (None, RefusalReason.KEY_OVER)]
)
def test_a_key_is_good_until_its_last_day_and_only_an_admitted_authoritys(days, found):
    assert because(verdict(key_valid_until=None if days is None else ON + days * DAY)) is found


@pytest.mark.parametrize(
    ("before", "found"), [(1, None), (2, RefusalReason.TOO_MANY), (3, RefusalReason.TOO_MANY)]
)
def test_an_instrument_names_no_more_people_than_the_law_lets_it(before, found):
    assert because(verdict([law(people=2)], requests_before=before)) is found


@pytest.mark.parametrize(
    ("approvers", "enough"),
    [
        ({A: [SUPERVISOR], B: [OFFICER]}, True),
        ({A: [SUPERVISOR]}, False),
        ({A: [SUPERVISOR], B: [SUPERVISOR]}, False),
        ({A: [OFFICER], B: [OFFICER]}, False),
        ({A: [SUPERVISOR, OFFICER]}, False),
        ({A: [SUPERVISOR, OFFICER], B: [SUPERVISOR]}, True),
        ({A: [SUPERVISOR], B: [CLERK]}, False),
        ({A: [SUPERVISOR], C: [OFFICER]}, False),
        ({A: [SUPERVISOR], C: [OFFICER], B: [OFFICER]}, True),
    ],
)
def test_a_supervisor_and_an_officer_approve_and_the_clerk_does_not_count(approvers, enough):
    assert are_enough_approvers(approvers, entered_by=C) is enough


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (1, True), (19, True), (20, True), (21, False)])
def test_telling_is_put_off_no_longer_than_the_law_lets_it(days, allowed):
    found = may_defer(law(), until=ON + days * DAY, renewals=0, is_opened=False, running_until=None, on=ON)

    assert isinstance(found, Allowed) is allowed


@pytest.mark.parametrize(("renewals", "allowed"), [(0, True), (1, True), (2, False)])
def test_it_is_renewed_no_more_often_than_the_law_lets_it(renewals, allowed):
    found = may_defer(
        law(), until=ON + 25 * DAY, renewals=renewals, is_opened=True, running_until=ON + 5 * DAY, on=ON
    )

    assert isinstance(found, Allowed) is allowed


@pytest.mark.parametrize(("days", "allowed"), [(24, True), (25, True), (26, False)])
def test_a_renewal_counts_from_the_day_until_which_it_was_put_off(days, allowed):
    found = may_defer(
        law(), until=ON + days * DAY, renewals=1, is_opened=True, running_until=ON + 5 * DAY, on=ON
    )

    assert isinstance(found, Allowed) is allowed


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (1, True), (None, False)])
def test_once_opened_only_a_wait_that_still_runs_is_renewed(days, allowed):
    running = None if days is None else ON + days * DAY

    found = may_defer(law(), until=ON + 5 * DAY, renewals=1, is_opened=True, running_until=running, on=ON)

    assert isinstance(found, Allowed) is allowed


@pytest.mark.parametrize(("notify", "deferral"), [("at_once", ""), ("when_allowed", "")])
def test_where_the_law_lets_nothing_be_put_off_nothing_is(notify, deferral):
    found = may_defer(
        law(notify=notify, deferral=deferral),
        until=ON + DAY,
        renewals=0,
        is_opened=False,
        running_until=None,
        on=ON,
    )

    assert not isinstance(found, Allowed)


@pytest.mark.parametrize(("days", "due"), [(-1, True), (0, False), (1, False), (None, True)])
def test_the_person_is_notified_the_day_after_what_was_put_off(days, due):
    deferral = None if days is None else ON + days * DAY

    assert must_notify(opened_on=ON, notified_on=None, deferred_until=deferral, on=ON) is due
    assert not must_notify(opened_on=None, notified_on=None, deferred_until=deferral, on=ON)
    assert not must_notify(opened_on=ON, notified_on=ON, deferred_until=deferral, on=ON)


@pytest.mark.parametrize(("days", "due"), [(29, False), (30, False), (31, True)])
def test_a_disclosure_request_is_erased_the_day_after_the_last_day_of_its_keeping(days, due):
    assert is_to_erase(ON, keep=Term(30), on=ON + days * DAY) is due


@pytest.mark.parametrize(("unit", "day"), [("day", 7), ("working_day", 9)])
def test_an_answer_is_due_days_after_the_disclosure_request_came(unit, day):
    read = read_text(lawful_pack().replace("{n: 5, unit: day}", f"{{n: 5, unit: {unit}}}"))
    (found,) = disclosure_laws(read, on=ON)

    assert reply_by(read, found, ON) == dt.date(2012, 3, day)


def test_packs_with_mere_requests_or_no_notification_are_refused():
    for changes, named in (
        ({"needs": "legitimate_request"}, "needs"),
        ({"notify": "never", "deferral": ""}, "notify_person"),
    ):
        assert any(named in one for one in pack(**changes).unsupported_fields)
