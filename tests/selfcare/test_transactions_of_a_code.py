# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the portal's session, and counts by the numbers of its own transactions how many others there were at a quiet hour."""

from contextlib import suppress

import pytest
from psycopg.errors import InsufficientPrivilege

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import connect, rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.notices import one_time_codes
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.portal_worker import process_code_request
from rollkeeper.selfcare.posted_codes import print_letters
from rollkeeper.vault.errors import VAULT_OUT_OF_REACH
from tests.registration.conftest import vaulted_committed  # noqa: F401
from tests.selfcare.people import NUMBER, ON, register_line
from tests.selfcare.test_posted_codes import UNKNOWN, Printer, cut_off

pytestmark = pytest.mark.usefixtures("vaulted_committed")


def begun():
    """The number of a transaction of one's own, as the server says it to who asks for messages for its makers."""
    return int(rows("SELECT pg_current_xact_id()::text AS number")[0].number)


def others(act):
    """How many transactions of others there were meanwhile."""
    before = begun()
    act()
    return begun() - before - 1


def code_for(number):
    portal_client.request_code(number, source="203.0.113.9", language="en")
    return others(lambda: process_code_request(worker_authority(), on=ON))


@pytest.fixture
def registered():
    clock.set_demo_date(ON)
    return register_line()


def test_a_number_of_a_line_and_another_take_as_many_transactions(registered, telephone):
    asked = [code_for(number) for number in (NUMBER, UNKNOWN, NUMBER, UNKNOWN, NUMBER, NUMBER, NUMBER)]

    assert len(set(asked)) == 1, asked


def test_so_do_they_where_the_vault_is_away(registered, telephone, monkeypatch):
    def away(*_, **__):
        raise VAULT_OUT_OF_REACH()

    monkeypatch.setattr(one_time_codes, "open_line_values", away)

    def process():
        with suppress(RollkeeperError):
            process_code_request(worker_authority(), on=ON)

    asked = []
    for number in (NUMBER, UNKNOWN):
        portal_client.request_code(number, source="203.0.113.9", language="en")
        asked.append(others(process))

    assert len(set(asked)) == 1, asked


def test_letters_take_as_many_as_well(monkeypatch):
    clock.set_demo_date(ON)
    cut_off()
    made = Printer()
    monkeypatch.setattr(one_time_codes, "gateway_of", lambda channel: {Channel.POST: made}[channel])

    def letter_for(number):
        page = portal_client.request_code(number, source="203.0.113.9", language="en")
        process_code_request(worker_authority(), on=ON)
        portal_client.request_letter(page)
        return others(lambda: print_letters(worker_authority(), on=ON))

    asked = [letter_for(number) for number in (NUMBER, UNKNOWN, UNKNOWN, NUMBER)]

    assert len(made.letters) == 1
    assert len(set(asked)) == 1, asked


def test_no_plan_of_the_portals_statements_tells_a_line_from_another_number(registered, telephone):
    pages = []
    for number in (NUMBER, UNKNOWN):
        pages.append(portal_client.request_code(number, source="203.0.113.9", language="en"))
        process_code_request(worker_authority(), on=ON)
    plan = (
        "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT selfcare_verify_code(%s, %s)"
    )

    with connect(stores.REGISTER, "portal") as session:
        said = [
            [row[0] for row in session.execute(plan, [page, b"x"])][-1] for _ in range(3) for page in pages
        ]
        with pytest.raises(InsufficientPrivilege):
            session.execute("SELECT made_at FROM selfcare_coderequest")

    assert said[-2] == said[-1]
