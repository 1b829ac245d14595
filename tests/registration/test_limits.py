"""How many lines one person may have, where a law says so: counted right, and the same at two counters at once."""

import datetime as dt

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.lines.writes import contest_tenure
from rollkeeper.registration.errors import (
    LIMIT_NEEDS_SUPERVISOR,
    LIMIT_REACHED,
    LIMIT_REACHED_IN_MONTH,
    LIMIT_REACHED_IN_MONTHS,
    LIMIT_REACHED_IN_PERIOD,
    LIMIT_REACHED_REMOTELY,
    LINE_SELECTION_NEEDED,
)
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.services import (
    change_record,
    install_line,
    port_in_number,
    register_subscriber,
    terminate_line,
    transfer_line,
)
from rollkeeper.registration.submissions import Receipt, RegistrationKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.lines import activate_line
from tests.builders.lines import terminate_line as terminate_line_of
from tests.builders.packs import REFERENCE, read_text
from tests.refusals import code_of, refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")

TWO = "what: lines, group: person, scope: operator, kind: stock, n: 2, over: refuse"
REVIEW = TWO.replace("refuse", "review")
CHOOSE = TWO.replace("refuse", "choose_keep")
FLOW = TWO.replace("stock", "flow") + ", window: {n: 30, unit: day}"


@pytest.fixture
def supervisor() -> Authority:
    return Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "5a" * 32)


def take(who: Authority, subscriber: dict[str, str], *, on: dt.date = ON, **others: object) -> Receipt:
    return register_subscriber(who, submission(fresh_number(), subscriber, **others), on=on)


def test_below_and_at_a_limit_a_line_is_taken_and_above_it_is_not(clerk, limited):
    limited(TWO)
    who = person()

    taken = [take(clerk, who) for _ in range(2)]
    with refusing(LIMIT_REACHED) as refused:
        take(clerk, who)

    assert len({one.line_id for one in taken}) == 2
    assert "allows 2 lines to one subscriber" in str(refused.value)
    assert "(art. 2 ¶1)" in str(refused.value)
    assert "transfer another line first" in refused.value.advice
    assert take(clerk, person())


def test_a_refusal_leaves_an_entry_and_nothing_else(clerk, limited):
    limited(TWO)
    who = person()
    for _ in range(2):
        take(clerk, who)
    entries = rows("SELECT count(*) AS n FROM ledger_entry")[0].n
    number = fresh_number()

    with refusing(LIMIT_REACHED):
        register_subscriber(clerk, submission(number, who), on=ON)

    assert find_line(number) is None
    added = rows("SELECT verb FROM ledger_entry ORDER BY entry_id OFFSET %s", [entries])
    assert [one.verb for one in added] == ["line:access:recorded"]


def test_without_a_limit_in_the_pack_nothing_is_counted(clerk):
    who = person()

    assert [take(clerk, who) for _ in range(3)]


def test_a_line_that_ended_makes_room(clerk, limited):
    limited(TWO)
    who, number = person(), fresh_number()
    register_subscriber(clerk, submission(number, who), on=ON)
    take(clerk, who)

    document = (who["document_type"], who["document_number"])
    terminate_line(clerk, submission_key="makes-room", number=number, document=document, on=ON)

    assert take(clerk, who)
    with refusing(LIMIT_REACHED):
        take(clerk, who)


def test_what_somebody_says_is_not_theirs_counts_for_no_limit(clerk, limited):
    limited(TWO)
    who = person()
    strange = [take(clerk, who) for _ in range(2)]

    for one in strange:
        contest_tenure(one.line_id, person_id=current_tenure(one.line_id).person_id, on=ON)

    assert [take(clerk, who) for _ in range(2)]
    with refusing(LIMIT_REACHED):
        take(clerk, who)


@pytest.mark.parametrize("act", [install_line, port_in_number, transfer_line])
def test_a_line_that_is_installed_or_comes_from_somebody_else_counts_as_well(clerk, limited, act):
    limited(TWO)
    who, number, old = person(), fresh_number(), person()
    for _ in range(2):
        take(clerk, who)
    if act is transfer_line:
        register_subscriber(clerk, submission(number, old), on=ON)

    with refusing(LIMIT_REACHED):
        act(clerk, submission(number, who, transferor=given_by(old)), on=ON)

    assert act(clerk, submission(number, person(), transferor=given_by(old)), on=ON)


def test_who_is_at_the_limit_has_records_corrected(clerk, limited):
    limited(TWO)
    who, number = person(), fresh_number()
    register_subscriber(clerk, submission(number, who), on=ON)
    take(clerk, who)

    assert change_record(clerk, submission(number, who | {"address": "虚构路 2 号"}), on=ON)


def test_a_line_older_than_the_law_ignores_the_limit_but_counts_for_the_next(clerk, limited, new_line):
    limited(TWO)
    who = person()

    old = [register_subscriber(clerk, submission(new_line(), who), on=ON) for _ in range(3)]

    assert len(old) == 3
    with refusing(LIMIT_REACHED):
        take(clerk, who)


@pytest.mark.parametrize(("days", "is_kept"), [(-1, True), (0, False), (1, False)])
def test_a_line_is_older_than_the_law_until_the_day_before_it_begins(clerk, limited, days, is_kept):
    limited(TWO)
    begins, who, number = dt.date(2012, 1, 1), person(), fresh_number()
    for _ in range(2):
        take(clerk, who)
    activate_line(number, service=Service.MOBILE, on=begins + dt.timedelta(days=days))

    if is_kept:
        assert register_subscriber(clerk, submission(number, who), on=ON)
    else:
        with refusing(LIMIT_REACHED):
            register_subscriber(clerk, submission(number, who), on=ON)


def test_a_guardian_s_own_limit_is_not_filled_by_a_ward_s_lines(clerk, limited):
    limited(TWO)
    guardian = person()
    signs = {name: value for name, value in guardian.items() if name != "address"}

    for _ in range(3):
        parts = {PartyRole.SUBSCRIBER: person(), PartyRole.GUARDIAN: signs}
        take(clerk, {}, kind=PartyKind.MINOR, parts=parts)

    assert [take(clerk, guardian) for _ in range(2)]
    with refusing(LIMIT_REACHED):
        take(clerk, guardian)


def test_a_ward_has_a_limit_of_their_own(clerk, limited):
    limited(TWO)
    parts = {PartyRole.SUBSCRIBER: person(), PartyRole.GUARDIAN: without_address()}
    for _ in range(2):
        take(clerk, {}, kind=PartyKind.MINOR, parts=parts)

    with refusing(LIMIT_REACHED):
        take(clerk, {}, kind=PartyKind.MINOR, parts=parts)


def test_company_lines_count_for_no_person_and_are_exempt_from_their_limits(clerk, limited):
    limited(TWO)
    firm, user = person(document_type="cn-business-licence", document_number="91110000600037341L"), person()
    parts = {PartyRole.SUBSCRIBER: firm, PartyRole.USER: user, PartyRole.BEARER: without_address()}

    for _ in range(3):
        take(clerk, {}, kind=PartyKind.COMPANY, parts=parts)

    assert [take(clerk, user) for _ in range(2)]


def test_a_limit_of_one_service_counts_and_refuses_that_service_alone(clerk, limited):
    limited(f"{TWO}, service: mobile")
    who = person()

    for _ in range(3):
        take(clerk, who, service=Service.FIXED_LINE)
    for _ in range(2):
        take(clerk, who)

    with refusing(LIMIT_REACHED):
        take(clerk, who)


def test_what_is_exempt_neither_counts_nor_is_refused(clerk, limited):
    limited(f"{TWO}, exempt: [data_card]")
    who = person()
    for _ in range(2):
        take(clerk, who)

    assert take(clerk, who, service=Service.DATA_CARD)
    with refusing(LIMIT_REACHED):
        take(clerk, who)


def test_a_batch_counts_its_own_earlier_rows_of_somebody_nobody_knew_before(clerk, limited):
    limited(TWO)
    who = person()

    outcomes = record(
        clerk,
        [submission(fresh_number(), who) for _ in range(4)],
        action_kind=RegistrationKind.REGISTER,
        on=ON,
    )

    assert [code_of(one) for one in outcomes] == ["Receipt"] * 2 + [LIMIT_REACHED.code] * 2


def test_where_the_law_lets_people_choose_the_new_line_waits_and_none_is_touched(clerk, limited):
    limited(CHOOSE)
    who = person()
    taken = [take(clerk, who) for _ in range(2)]

    with refusing(LINE_SELECTION_NEEDED) as refused:
        take(clerk, who)

    assert "All lines stay as they are" in refused.value.advice
    assert all(current_tenure(one.line_id) for one in taken)


def test_a_supervisor_overrides_a_limit_and_it_is_entered(clerk, supervisor, limited):
    limited(REVIEW)
    who = person()
    for _ in range(2):
        take(clerk, who)

    for clerk_or_supervisor, looked in ((clerk, False), (clerk, True), (supervisor, False)):
        with refusing(LIMIT_NEEDS_SUPERVISOR):
            take(clerk_or_supervisor, who, overrides_limit=looked)
    receipt = take(supervisor, who, overrides_limit=True)

    found = rows("SELECT line_id, staff_id FROM ledger_entry WHERE verb = 'line:limit:overridden'")
    assert [(one.line_id, one.staff_id) for one in found] == [(receipt.line_id, supervisor.staff_id)]


def test_below_the_limit_nobody_is_said_to_have_passed_it(supervisor, limited):
    limited(REVIEW)

    take(supervisor, person(), overrides_limit=True)

    assert rows("SELECT FROM ledger_entry WHERE verb = 'line:limit:overridden'") == []


def test_no_supervisor_passes_a_limit_that_refuses(supervisor, limited):
    limited(REVIEW, TWO)
    who = person()
    for _ in range(2):
        take(supervisor, who)

    with refusing(LIMIT_REACHED):
        take(supervisor, who, overrides_limit=True)


@pytest.mark.parametrize(("days", "is_free"), [(29, False), (30, True), (31, True)])
def test_a_line_counts_within_the_window_and_no_day_longer(clerk, limited, days, is_free):
    limited(FLOW)
    who = person()
    clock.set_demo_date(ON)
    for _ in range(2):
        take(clerk, who)

    later = ON + dt.timedelta(days=days)
    clock.set_demo_date(later)

    if is_free:
        assert take(clerk, who, on=later)
    else:
        with refusing(LIMIT_REACHED_IN_PERIOD, match="2 new lines within 30 days"):
            take(clerk, who, on=later)


@pytest.mark.parametrize(
    ("window", "last", "refused", "said"),
    [
        ("1, unit: month", dt.date(2012, 2, 29), LIMIT_REACHED_IN_MONTH, "a month"),  # it ends on 1 March
        ("2, unit: month", dt.date(2012, 3, 30), LIMIT_REACHED_IN_MONTHS, "2 months"),
        ("1, unit: year", dt.date(2013, 1, 30), LIMIT_REACHED_IN_MONTHS, "12 months"),
    ],
)
def test_a_line_counts_within_months_by_the_calendar_and_no_day_longer(
    clerk, limited, window, last, refused, said
):
    limited(FLOW.replace("30, unit: day", window))
    who, taken = person(), dt.date(2012, 1, 31)
    clock.set_demo_date(taken)
    for _ in range(2):
        take(clerk, who, on=taken)

    clock.set_demo_date(last)
    with refusing(refused, match=f"2 new lines within {said}"):
        take(clerk, who, on=last)
    after = last + dt.timedelta(days=1)
    clock.set_demo_date(after)
    assert take(clerk, who, on=after)


def test_a_line_that_was_taken_up_and_ended_still_counts_within_the_window(clerk, limited):
    limited(FLOW)
    who, number = person(), fresh_number()
    clock.set_demo_date(ON)
    register_subscriber(clerk, submission(number, who), on=ON)
    take(clerk, who)
    document = (who["document_type"], who["document_number"])
    terminate_line(clerk, submission_key="ended-within", number=number, document=document, on=ON)

    with refusing(LIMIT_REACHED_IN_PERIOD):
        take(clerk, who)


def test_a_corrected_record_and_a_line_older_than_the_law_are_not_taken_up(clerk, limited, new_line):
    limited(FLOW)
    who, number = person(), fresh_number()
    clock.set_demo_date(ON - dt.timedelta(days=40))
    register_subscriber(clerk, submission(number, who), on=clock.today())
    clock.set_demo_date(ON)
    change_record(clerk, submission(number, who | {"address": "虚构路 3 号"}), on=ON)
    register_subscriber(clerk, submission(new_line(), who), on=ON)

    assert [take(clerk, who) for _ in range(2)]
    with refusing(LIMIT_REACHED_IN_PERIOD):
        take(clerk, who)


def register_old(clerk, who, activated_on):
    """Register a line that has been in service since a day."""
    number = fresh_number()
    activate_line(number, service=Service.MOBILE, on=activated_on)
    return register_subscriber(clerk, submission(number, who), on=ON)


SINCE = dt.date(2012, 2, 1)


@pytest.mark.parametrize("limit", [TWO, FLOW])
@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True), (1, True)])
def test_lines_activated_before_the_day_of_a_limit_fill_it_not(clerk, limited, limit, days, counts):
    limited(f"{limit}, activated_from: {SINCE}")
    who = person()
    clock.set_demo_date(ON)
    for _ in range(2):
        register_old(clerk, who, SINCE + dt.timedelta(days=days))

    if counts:
        with refusing(LIMIT_REACHED, LIMIT_REACHED_IN_PERIOD):
            take(clerk, who)
    else:
        assert [take(clerk, who) for _ in range(2)]
        with refusing(LIMIT_REACHED, LIMIT_REACHED_IN_PERIOD):
            take(clerk, who)


@pytest.mark.parametrize("limit", [TWO, FLOW])
@pytest.mark.parametrize(("days", "meets"), [(-1, False), (0, True), (1, True)])
def test_lines_activated_before_the_day_of_a_limit_meet_it_not(clerk, limited, limit, days, meets):
    limited(f"{limit}, activated_from: {SINCE}")
    who = person()
    clock.set_demo_date(ON)
    for _ in range(2):
        take(clerk, who)

    if meets:
        with refusing(LIMIT_REACHED, LIMIT_REACHED_IN_PERIOD):
            register_old(clerk, who, SINCE + dt.timedelta(days=days))
    else:
        assert register_old(clerk, who, SINCE + dt.timedelta(days=days))


@pytest.mark.parametrize("limit", [TWO, FLOW])
def test_an_old_line_that_someone_else_takes_over_is_new_to_them(clerk, limited, limit):
    limited(f"{limit}, activated_from: {SINCE}")
    who, old, numbers = person(), person(), [fresh_number() for _ in range(3)]
    for number in numbers:
        activate_line(number, service=Service.MOBILE, on=SINCE - dt.timedelta(days=1))
        register_subscriber(clerk, submission(number, old), on=ON)

    def take_over(number):
        return transfer_line(clerk, submission(number, who, transferor=given_by(old)), on=ON)

    assert [take_over(number) for number in numbers[:2]]
    with refusing(LIMIT_REACHED, LIMIT_REACHED_IN_PERIOD):
        take_over(numbers[2])


def test_a_number_whose_old_contract_ended_is_a_new_line(clerk, limited):
    limited(f"{TWO}, activated_from: {SINCE}")
    who, number = person(), fresh_number()
    for _ in range(2):
        take(clerk, who)
    line_id = activate_line(number, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    terminate_line_of(line_id, quarantined_until=dt.date(2011, 9, 1), on=dt.date(2011, 3, 1))

    with refusing(LIMIT_REACHED):
        register_subscriber(clerk, submission(number, who), on=ON)


REMOTE = TWO + ", channel: remote"


def test_a_limit_for_who_registers_by_themselves_is_met_by_them_alone(clerk, limited):
    limited(REMOTE)
    who, by_oneself = person(), {"document_seen": False, "self_declared": True}
    for how in (by_oneself, {}):
        take(clerk, who, **how)

    with refusing(LIMIT_REACHED_REMOTELY) as refused:
        take(clerk, who, **by_oneself)

    assert "2 lines by themselves" in str(refused.value)
    assert "counter" in refused.value.advice
    assert take(clerk, who)
    assert take(clerk, person(), **by_oneself)


def test_a_limit_for_who_registers_by_themselves_refuses_and_asks_no_supervisor():
    law = REFERENCE.replace(
        "\nretention:",
        "\nlimits:\n  - {" + REMOTE.replace("refuse", "review") + ", because: {article: 2 ¶1}}\nretention:",
        1,
    )

    assert "of who registers by themselves" in str(read_text(law).unsupported_fields)
