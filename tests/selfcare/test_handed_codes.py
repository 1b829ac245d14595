# SPDX-License-Identifier: EUPL-1.2
"""Who is cut off comes in: a code by the care number's menu or at a counter; and the little that an attacker with a forged call gets."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import Authority, console_authority, subscriber_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import number_index_of, view_line
from rollkeeper.selfcare import handed_codes, portal_client
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.errors import LINE_IN_SERVICE, NO_PAGE_WAITING, TOO_MANY_HANDED_CODES, WrongCode
from rollkeeper.selfcare.handed_codes import answer_calls, hand_over_code, page_figures
from rollkeeper.selfcare.models import CodeRequest
from rollkeeper.selfcare.request_handlers import OF_LIMITED_SESSIONS
from rollkeeper.selfcare.services import protect_subscriber
from rollkeeper.selfcare.settings import settings as portal_settings
from tests.builders.lines import activate_line, suspend_line
from tests.builders.past import make_older
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, ask, register_line

CLERK = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32)
OTHER = "+8613908915678"


def suspended_line(number=NUMBER):
    """Make a line that no one registered and that is suspended."""
    line_id = activate_line(number, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    suspend_line(line_id, reason=SuspensionReason.REGISTRATION, on=ON)
    return line_id


def suspended_and_registered():
    line_id = register_line()
    suspend_line(line_id, reason=SuspensionReason.UNPAID, on=ON)
    return line_id


def page(number=NUMBER, source="203.0.113.9"):
    return portal_client.request_code(number, source=source, language="en")


def call(code_request_id, number=NUMBER, origin="own-network"):
    """What the menu says to a call from this number, on which the figures of this page were keyed in."""
    (said,) = answer_calls(console_authority(), [f"{number} {page_figures(code_request_id)} {origin}"], on=ON)
    return said["code"]


def come_in(number=NUMBER):
    code_request_id = page(number)
    return portal_client.redeem_code(code_request_id, call(code_request_id, number))


def test_who_calls_from_the_suspended_line_comes_in(at_portal):
    line_id = suspended_line()

    shown = ask(come_in(), PortalRequestKind.DASHBOARD)["done"]

    assert at_portal.messages == []
    assert (shown["limited"], shown["lines"][0]["line"]) == (True, str(line_id))


def test_the_code_opens_the_page_whose_figures_were_keyed_in_and_no_other(at_portal):
    suspended_line()
    theirs, strangers = page(), page(source="198.51.100.1")

    code = call(theirs)

    with pytest.raises(WrongCode):
        portal_client.redeem_code(strangers, code)
    assert portal_client.redeem_code(theirs, code)
    with pytest.raises(WrongCode):
        portal_client.redeem_code(theirs, code)


@pytest.mark.parametrize(
    "origin", ["", "other-network", "own-network-perhaps", "own-network other-network", "x own-network"]
)
def test_a_number_that_the_network_did_not_authenticate_gets_nothing(at_portal, origin):
    suspended_line()

    assert call(page(), origin=origin) is None


def test_a_call_gets_a_code_for_its_own_line_alone(at_portal):
    suspended_line()
    suspended_line(OTHER)

    assert call(page(NUMBER), number=OTHER) is None


@pytest.mark.parametrize("number", [NUMBER, "+8613908919999", "no number"])
def test_a_line_in_service_an_unknown_number_and_nonsense_get_the_same_no(at_portal, number):
    register_line()
    code_request_id = page()

    said = list(
        answer_calls(
            console_authority(), [f"{number} {page_figures(code_request_id)} own-network", ""], on=ON
        )
    )

    assert said[0] == said[1] == {"code": None, "minutes": portal_settings().code_minutes}


def test_no_code_is_given_for_a_protected_subscriber(at_portal):
    suspended_and_registered()
    protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)

    assert call(page()) is None
    with refusing(LineNotFound):
        hand_over_code(CLERK, NUMBER, page_figures(page()), on=ON)


@pytest.mark.parametrize("reason", [SuspensionReason.LOST_OR_STOLEN, SuspensionReason.SUBSCRIBER_REQUEST])
def test_a_thief_with_the_telephone_gets_no_code_with_it(at_portal, reason):
    line_id = suspended_line()
    suspend_line(line_id, reason=reason, on=ON)

    assert call(page()) is None


def test_a_line_gets_no_more_codes_by_calls_than_by_messages(at_portal):
    suspended_line()

    codes = [call(page(source=f"203.0.113.{nth}")) for nth in range(portal_settings().codes_per_hour + 2)]

    assert [code is not None for code in codes] == [True] * portal_settings().codes_per_hour + [False] * 2


def test_no_caller_of_the_database_says_how_many_codes_a_line_has_in_an_hour(data_dir):
    (asked,) = rows("SELECT proargnames AS names FROM pg_proc WHERE proname = 'selfcare_hand_over_code'")

    assert "hourly" not in asked.names
    assert rows("SELECT selfcare_codes_per_hour() AS most")[0].most == portal_settings().codes_per_hour


@pytest.mark.parametrize("role", ["counter", "worker"])
def test_no_role_raises_the_number_of_codes_of_an_hour(register, as_role, role):
    statement = (
        "CREATE OR REPLACE FUNCTION selfcare_codes_per_hour() RETURNS integer LANGUAGE sql RETURN 1000000"
    )

    with as_role(role), pytest.raises(DatabaseError), transaction.atomic():
        run(statement)


def test_the_menu_gives_so_many_codes_an_hour_and_no_more(at_portal, monkeypatch):
    few = portal_settings().model_copy(update={"handed_codes_per_hour": 1})
    monkeypatch.setattr(handed_codes, "settings", lambda: few)
    suspended_line()
    suspended_line(OTHER)

    assert call(page()) is not None
    assert call(page(OTHER), number=OTHER) is None


def test_every_code_that_is_handed_over_is_in_the_ledger_and_no_other(at_portal):
    line_id = suspended_line()
    call(page(), origin="")
    before = entries(line_id)
    call(page())
    hand_over_code(CLERK, NUMBER, page_figures(page()), on=ON)

    assert before == []
    assert entries(line_id) == ["care_menu", "counter"]


def entries(line_id):
    found = rows(
        "SELECT body FROM ledger_entry WHERE line_id = %s AND verb = %s ORDER BY entry_id",
        [line_id, Verb.CODE_SENT.value],
    )
    return [json.loads(row.body)["facts"]["channel"] for row in found]


@pytest.mark.parametrize("kind", sorted(set(PortalRequestKind) - OF_LIMITED_SESSIONS))
def test_a_forged_call_reads_nothing_and_ends_nothing(at_portal, kind):
    line_id = suspended_and_registered()
    token = come_in()

    assert ask(token, kind, line=str(line_id))["refused"] == "limited_session"


def test_a_forged_call_shows_of_a_registered_line_no_record_and_no_access(at_portal):
    suspended_and_registered()

    shown = ask(come_in(), PortalRequestKind.DASHBOARD)["done"]

    assert [shown[name] for name in ("kept", "accesses", "receipts", "consents", "named", "passkeys", "documents")] == [
        [], [], [], [], {}, [], [],
    ]  # fmt: skip


def test_who_came_in_by_a_call_is_heard_and_has_a_day_of_service(at_portal):
    line_id = suspended_line()
    token = come_in()

    assert "done" in ask(token, PortalRequestKind.RECONNECT)
    assert "done" in ask(token, PortalRequestKind.APPEAL)
    assert "done" in ask(token, PortalRequestKind.DISPUTE, about="dispute_not_notified")
    assert view_line(line_id).is_disputed


def test_a_registration_begun_by_a_call_waits_for_the_document(at_portal):
    suspended_line()

    begun = ask(come_in(), PortalRequestKind.APPLY_BEGIN)["done"]

    assert begun["sight"]


def test_none_is_given_while_the_sim_is_new(at_portal):
    line_id = suspended_line()
    with action():
        append_entry(console_authority(), verb=Verb.SIM_REPLACED, role="console", on=ON, line_id=line_id)

    assert call(page()) is None
    with refusing(TOO_MANY_HANDED_CODES):
        hand_over_code(CLERK, NUMBER, page_figures(page()), on=ON)


def test_a_page_is_good_for_twenty_minutes(at_portal):
    suspended_line()
    code_request_id = page()
    make_older(CodeRequest, dt.timedelta(minutes=20, seconds=1), "made_at")

    assert call(code_request_id) is None


def test_a_clerk_hands_over_a_code_for_the_page_in_front_of_them(at_portal, as_role):
    line_id = suspended_line()
    code_request_id = page()

    with as_role("counter"):
        code = hand_over_code(CLERK, NUMBER, page_figures(code_request_id), on=ON)
    token = portal_client.redeem_code(code_request_id, code)

    assert ask(token, PortalRequestKind.DASHBOARD)["done"]["lines"][0]["line"] == str(line_id)


def test_a_clerk_is_told_why_no_code_is_given(at_portal):
    suspended_line()
    register_line(OTHER)
    figures = page_figures(page())

    with refusing(NO_PAGE_WAITING):
        hand_over_code(CLERK, NUMBER, f"{(int(figures) + 1) % 10_000:04d}", on=ON)
    with refusing(LINE_IN_SERVICE):
        hand_over_code(CLERK, OTHER, page_figures(page(OTHER)), on=ON)
    with refusing(NOT_ALLOWED):
        hand_over_code(subscriber_authority("0d" * 32), NUMBER, figures, on=ON)
    with refusing(NOT_ALLOWED):
        list(answer_calls(subscriber_authority("0d" * 32), [], on=ON))
