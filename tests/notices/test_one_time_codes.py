"""A one-time code goes to a line by the first way that is open to it, or by none."""

import pytest

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import database
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.gateways.base import Answer, GatewayBroken
from rollkeeper.notices.one_time_codes import send_one_time_code
from tests.builders.lines import change_line, make_sealed_line
from tests.notices.fakes import Way
from tests.notices.people import ON
from tests.refusals import refusing

CODE = "48151623"


@pytest.fixture(autouse=True)
def _the_day(committed):
    """The ledger's entry of an opening is committed apart."""


@pytest.fixture
def by_channel():
    return {channel: Way() for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL)}


def passed(line, by_channel, authority=None):
    return send_one_time_code(
        authority or worker_authority(),
        line,
        code=CODE,
        minutes=5,
        language="en",
        on=ON,
        by_channel=by_channel,
    )


def heard(by_channel):
    return {channel: way.addresses for channel, way in by_channel.items() if way.addresses}


def test_a_one_time_code_goes_to_the_line_and_its_opening_is_recorded(by_channel):
    line = make_sealed_line()

    assert passed(line, by_channel) is Channel.SMS
    assert heard(by_channel) == {Channel.SMS: ["+8613900001234"]}
    assert all(part in by_channel[Channel.SMS].heard[0].text for part in (CODE, "5 minutes"))
    opened = database.rows("SELECT line_id FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    assert [row.line_id for row in opened] == [line]


def test_a_barred_line_hears_of_its_code_by_its_contact(by_channel):
    assert passed(make_sealed_line(state="suspended"), by_channel) is Channel.EMAIL
    assert heard(by_channel) == {Channel.EMAIL: ["tashi@mail.example"]}


def test_a_channel_that_does_not_take_the_code_or_does_not_open_yields_to_the_next(by_channel):
    by_channel[Channel.SMS].answer = lambda _: Answer.RETRY
    broken = make_sealed_line()
    change_line(broken, number_sealed=b"\x00")

    assert passed(make_sealed_line(), by_channel) is Channel.VOICE
    assert passed(broken, by_channel) is Channel.EMAIL


def test_a_broken_channel_falls_back_and_the_portal_stays_open(by_channel):
    def breaks(_):
        raise GatewayBroken

    by_channel[Channel.SMS].answer = breaks

    assert passed(make_sealed_line(), by_channel) is Channel.VOICE


def test_where_no_channel_is_open_or_takes_it_the_code_goes_nowhere(by_channel):
    for way in by_channel.values():
        way.answer = lambda _: Answer.REFUSED

    assert passed(make_sealed_line(), by_channel) is None
    assert passed(make_sealed_line(number=None, contact=None), by_channel) is None
    assert passed(make_sealed_line(), {}) is None


def test_a_clerk_passes_no_code(by_channel):
    with refusing(NOT_ALLOWED):
        passed(make_sealed_line(), by_channel, Authority(frozenset({StaffRole.CLERK}), None, "x"))
    assert heard(by_channel) == {}
