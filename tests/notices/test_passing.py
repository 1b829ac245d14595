"""A one-time code goes to a line by the first way that is open to it, or by none."""

import pytest

from rollkeeper.access.authority import Authority, sweep_authority
from rollkeeper.access.errors import NotAllowed
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import database
from rollkeeper.notices.gateways.base import Answer, GatewayBroken
from rollkeeper.notices.kinds import Channel
from rollkeeper.notices.passing import pass_code
from tests.notices.fakes import Way
from tests.notices.people import ON, make_line

CODE = "48151623"


@pytest.fixture(autouse=True)
def _the_day(committed):
    """The ledger's entry of an opening is committed apart."""


@pytest.fixture
def ways():
    return {channel: Way() for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL)}


def passed(line, ways, authority=None):
    return pass_code(
        authority or sweep_authority(), line, code=CODE, minutes=5, language="en", on=ON, ways=ways
    )


def heard(ways):
    return {channel: way.addresses for channel, way in ways.items() if way.addresses}


def test_a_code_goes_to_the_line_s_own_number_with_the_minutes_and_an_entry_of_the_opening(ways):
    line = make_line()

    assert passed(line, ways) is Channel.SMS
    assert heard(ways) == {Channel.SMS: ["+8613900001234"]}
    assert all(part in ways[Channel.SMS].heard[0].text for part in (CODE, "5 minutes"))
    opened = database.rows("SELECT line_id FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    assert [row.line_id for row in opened] == [line]


def test_a_barred_line_hears_of_its_code_by_its_contact(ways):
    assert passed(make_line(state="suspended"), ways) is Channel.EMAIL
    assert heard(ways) == {Channel.EMAIL: ["tashi@mail.example"]}


def test_a_way_that_does_not_take_the_code_or_does_not_open_gives_way_to_the_next(ways):
    ways[Channel.SMS].answer = lambda _: Answer.LATER
    broken = make_line()
    database.run("UPDATE lines_line SET number_sealed = '\\x00' WHERE line_id = %s", [broken])

    assert passed(make_line(), ways) is Channel.VOICE
    assert passed(broken, ways) is Channel.EMAIL


def test_a_way_that_is_broken_in_this_house_gives_way_to_the_next_and_the_door_stays_open(ways):
    def breaks(_):
        raise GatewayBroken

    ways[Channel.SMS].answer = breaks

    assert passed(make_line(), ways) is Channel.VOICE


def test_where_no_way_is_open_or_takes_it_the_code_goes_nowhere(ways):
    for way in ways.values():
        way.answer = lambda _: Answer.REFUSED

    assert passed(make_line(), ways) is None
    assert passed(make_line(number=None, contact=None), ways) is None
    assert passed(make_line(), {}) is None


def test_a_clerk_passes_no_code(ways):
    with pytest.raises(NotAllowed):
        passed(make_line(), ways, Authority(frozenset({StaffRole.CLERK}), None, "x"))
    assert heard(ways) == {}
