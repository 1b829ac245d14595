# SPDX-License-Identifier: EUPL-1.2
"""A number that was given back rests, forgets who had it, and is offered again only then."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice, send_due
from rollkeeper.provisioning.services import push_due
from rollkeeper.registration.services import register_subscriber
from rollkeeper.retention import services
from rollkeeper.retention.services import erase_due
from tests.builders.commands import change_commands
from tests.builders.lines import pause_line
from tests.notices.fakes import Way
from tests.provisioning.fakes import Element
from tests.registration.people import fresh_number, submission

PACK = load_pack("cn-xz-2011")
ENDED = dt.date(2012, 4, 5)
LAST = PACK.number_quarantine.last_day(ENDED)
DAY = dt.timedelta(days=1)
ME = console_authority()

# Where a line's own row or its former subscriber may still be found from a number, and why that is all.
MAY_KNOW_BY_NUMBER = {
    "lines_line": "index gone once the number is freed; the sealed number goes with the record",
    "lines_number": "row gone once the number is freed",
    "selfcare_coderequest": "what somebody typed at the portal; goes after a day and names no line",
    "selfcare_postedcode": "a letter that was asked for at the portal; goes with its days, and opens nothing of another subscriber",
}


@pytest.fixture
def given_back(register: None) -> tuple[str, LineId]:
    """A registered line whose contract is over, and the network knows."""
    from rollkeeper.lines.writes import lock_line
    from rollkeeper.registration.services import terminate_locked_line

    number = fresh_number()
    clock.set_demo_date(ENDED)
    line_id = register_subscriber(ME, submission(number), on=ENDED).line_id
    terminate_locked_line(ME, lock_line(line_id), on=ENDED)
    push_due(worker_authority(), on=ENDED, gateway=Element())
    return number, line_id


def freed(on: dt.date) -> int:
    clock.set_demo_date(on)
    return erase_due(ME, on=on).numbers_freed


@pytest.mark.parametrize(("on", "count"), [(LAST - DAY, 0), (LAST, 0), (LAST + DAY, 1)])
def test_a_number_is_freed_on_the_day_after_its_quarantine(
    given_back: tuple[str, LineId], on: dt.date, count: int
) -> None:
    assert freed(on) == count


def test_nothing_leads_from_a_freed_number_to_its_former_subscriber(given_back: tuple[str, LineId]) -> None:
    number, line_id = given_back
    (before,) = rows("SELECT number_index FROM lines_line WHERE line_id = %s", [line_id])

    freed(LAST + DAY)

    assert find_line(number) is None
    tables = rows(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'number_index' AND table_schema = 'public'"
    )
    assert {row.table_name for row in tables} == set(MAY_KNOW_BY_NUMBER)
    for table in MAY_KNOW_BY_NUMBER:
        assert rows(f"SELECT FROM {table} WHERE number_index = %s", [before.number_index]) == []


def test_the_next_subscriber_of_a_number_inherits_nothing_of_the_former_line(
    given_back: tuple[str, LineId],
) -> None:
    number, old = given_back
    freed(LAST + DAY)

    new = register_subscriber(ME, submission(number), on=LAST + DAY).line_id

    assert new != old
    found = find_line(number)
    assert found is not None
    assert (found.line_id, found.state) == (new, LineState.ACTIVE)
    assert {h.person_id for h in tenures(new)} & {h.person_id for h in tenures(old)} == set()
    assert rows("SELECT FROM lines_suspension WHERE line_id = %s", [new]) == []
    assert rows("SELECT FROM lines_pause WHERE line_id = %s", [new]) == []
    assert rows("SELECT FROM lines_reference WHERE line_id = %s", [new]) == []
    assert rows("SELECT FROM notices_notice WHERE line_id = %s AND kind = 'terminated'", [new]) == []


def test_no_message_to_a_former_subscriber_goes_to_a_reused_number(
    given_back: tuple[str, LineId],
) -> None:
    number, old = given_back
    freed(LAST + DAY)
    new = register_subscriber(ME, submission(number), on=LAST + DAY).line_id
    ways = {channel: Way(rings=channel is Channel.VOICE) for channel in (Channel.SMS, Channel.VOICE)}
    enqueue_notice(
        old, kind=NoticeKind.TERMINATED, language="en", promised_on=None, pack_hash=PACK.hash, on=LAST + DAY
    )

    send_due(worker_authority(), on=LAST + DAY, by_channel=ways)

    assert [way.addresses for way in ways.values()] == [[], []]
    enqueue_notice(
        new,
        kind=NoticeKind.RECORD_CHANGED,
        language="en",
        promised_on=None,
        pack_hash=PACK.hash,
        on=LAST + DAY,
    )
    send_due(worker_authority(), on=LAST + DAY, by_channel=ways)
    assert number in [address for way in ways.values() for address in way.addresses]


def test_a_number_stays_until_the_network_proves_the_line_out_of_service(
    given_back: tuple[str, LineId],
) -> None:
    _, line_id = given_back
    change_commands(line_id=line_id, kind="terminate", state="failed", read_back="barred")

    assert freed(LAST + DAY) == 0


def test_an_instance_without_a_network_frees_numbers_and_drops_commands(
    given_back: tuple[str, LineId],
) -> None:
    _, line_id = given_back
    change_commands(line_id=line_id, kind="terminate", state="waiting")

    write_settings(instance={"kind": InstanceKind.PRODUCTION, "demo_date": None})
    try:
        count = erase_due(ME, on=LAST + DAY).numbers_freed
    finally:
        write_settings(instance={"kind": InstanceKind.DEMO})

    (command,) = rows(
        "SELECT state FROM provisioning_command WHERE line_id = %s AND kind = 'terminate'", [line_id]
    )
    assert (count, command.state) == (1, "superseded")


def test_freeing_stands_in_the_ledger_with_the_article_and_is_done_once(
    given_back: tuple[str, LineId],
) -> None:
    _, line_id = given_back

    assert (freed(LAST + DAY), freed(LAST + DAY)) == (1, 0)

    (entry,) = rows("SELECT line_id, body FROM ledger_entry WHERE verb = 'line:number:freed'")
    assert entry.line_id == line_id
    assert '"article":"operator\'s rule 1"' in entry.body


def test_many_numbers_are_freed_in_chunks(register: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.builders.lines import make_line
    from tests.campaign.population import end

    monkeypatch.setattr(services, "CHUNK", 3)
    for _ in range(7):
        end(make_line(), ENDED)

    assert freed(LAST + DAY) == 7


def test_numbers_that_the_network_keeps_let_the_others_behind_them_go(
    register: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.builders.lines import make_line
    from tests.campaign.population import end

    monkeypatch.setattr(services, "CHUNK", 2)
    for before in range(8):
        end(make_line(), ENDED - dt.timedelta(days=before))
    run(
        "INSERT INTO provisioning_command (line_id, kind, reason, state, requested_at)"
        " SELECT line_id, 'terminate', 'registration', 'failed', now() FROM lines_line ORDER BY terminated_on LIMIT 5"
    )

    assert (freed(LAST + DAY), freed(LAST + DAY)) == (3, 0)


def test_why_a_clock_stood_still_is_forgotten_with_the_record(given_back: tuple[str, LineId]) -> None:
    _, line_id = given_back
    pause_line(line_id, "2012-01-01", "2012-02-01")

    freed(ENDED + dt.timedelta(days=367))

    (pause,) = rows("SELECT reason FROM lines_pause WHERE line_id = %s", [line_id])
    assert pause.reason == "other"
