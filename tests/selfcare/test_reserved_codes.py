# SPDX-License-Identifier: EUPL-1.2
"""A stranger cannot block a line's codes; a reserved code reaches the subscriber in any case."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from rollkeeper.access.authority import Authority, console_authority, subscriber_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.law.rules import Refused
from rollkeeper.registration.services import replace_sim
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.errors import TOO_MANY_RESERVED_CODES
from rollkeeper.selfcare.models import ReservedCode
from rollkeeper.selfcare.reserved_codes import reserve_code
from rollkeeper.selfcare.rules import may_send_code
from rollkeeper.selfcare.settings import settings as portal_settings
from tests.builders.past import make_older
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, register_line

CLERK = Authority(frozenset({StaffRole.CLERK}), None, "0f" * 32)


def code_request(source):
    return portal_client.request_code(NUMBER, source=source, language="en")


def used_up(hourly=None):
    for nth in range((hourly or portal_settings().codes_per_hour) + 2):
        code_request(f"203.0.113.{nth}")


def test_one_source_alone_leaves_the_last_code_to_the_subscriber(at_portal):
    register_line()
    for _ in range(portal_settings().codes_per_hour + 2):
        code_request("203.0.113.9")
    got = len(at_portal.messages)

    code_request("198.51.100.1")

    assert got == portal_settings().codes_per_hour - 1
    assert len(at_portal.messages) == portal_settings().codes_per_hour


@pytest.mark.parametrize(
    ("hourly", "by_source_in_hour", "by_source_in_day", "gets_one"),
    [(3, 1, 1, True), (3, 2, 2, False), (3, 0, 4, True), (3, 0, 5, False), (1, 0, 0, True), (1, 1, 1, False)],
)
def test_the_last_code_is_kept_for_another_source(hourly, by_source_in_hour, by_source_in_day, gets_one):
    verdict = may_send_code(
        is_living=True, in_hour=by_source_in_hour, in_day=by_source_in_day, by_source_in_hour=by_source_in_hour,
        by_source_in_day=by_source_in_day, hourly=hourly, sim_replaced_on=None, sim_days=3, on=ON,
    )  # fmt: skip

    assert isinstance(verdict, Refused) is not gets_one


def test_a_code_that_staff_keep_comes_although_others_used_them_up_and_once(at_portal):
    register_line()
    used_up()
    before = len(at_portal.messages)

    reserve_code(CLERK, NUMBER, on=ON)
    code_request_id = code_request("198.51.100.1")
    code = at_portal.newest_code
    code_request("198.51.100.2")

    assert len(at_portal.messages) == before + 1
    assert portal_client.redeem_code(code_request_id, code)


def test_a_reserved_code_that_nobody_asked_for_is_too_old_after_a_while(at_portal):
    register_line()
    used_up()
    before = len(at_portal.messages)
    reserve_code(CLERK, NUMBER, on=ON)
    make_older(ReservedCode, dt.timedelta(minutes=portal_settings().reserved_code_minutes), "reserved_at")

    code_request("198.51.100.1")

    assert len(at_portal.messages) == before


def test_a_reserved_code_takes_nothing_from_the_lines_own(at_portal):
    register_line()
    reserve_code(CLERK, NUMBER, on=ON)
    used_up()

    assert len(at_portal.messages) == portal_settings().codes_per_hour + 1


def test_no_code_is_kept_for_a_line_with_a_replaced_sim(at_portal):
    register_line()
    replace_sim(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER,
        document=("passport-npl", "X1234567"), on=ON,
    )  # fmt: skip
    reserve_code(CLERK, NUMBER, on=ON)

    code_request("198.51.100.1")

    assert at_portal.messages == []
    assert rows("SELECT FROM selfcare_reservedcode WHERE used_at IS NULL")


def test_staff_keep_so_many_codes_in_a_day_and_no_more(register):
    register_line()
    for _ in range(portal_settings().reserved_codes_per_day):
        reserve_code(CLERK, NUMBER, on=ON)

    with refusing(TOO_MANY_RESERVED_CODES):
        reserve_code(CLERK, NUMBER, on=ON)
    with refusing(NOT_ALLOWED):
        reserve_code(subscriber_authority("0d" * 32), NUMBER, on=ON)


def test_a_counter_that_was_taken_over_reserves_no_more_codes_than_staff_may(at_portal):
    line_id = register_line()
    used_up()
    before, most = len(at_portal.messages), portal_settings().reserved_codes_per_day
    for _ in range(most + 2):
        run("INSERT INTO selfcare_reservedcode (line_id) VALUES (%s)", [line_id])

    for nth in range(most + 2):
        code_request(f"198.51.100.{nth}")

    assert len(at_portal.messages) == before + most


def test_a_counter_that_was_taken_over_reserves_no_code_of_another_day(register, as_role):
    with as_role("counter"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(
            "INSERT INTO selfcare_reservedcode (line_id, reserved_at) VALUES (%s, now() + interval '1 year')",
            [new_uuid()],
        )
