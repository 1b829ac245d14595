# SPDX-License-Identifier: EUPL-1.2
"""What is left of an application that came to nothing: nothing where a rule refused it, nothing after a day otherwise."""

import datetime as dt
import threading
import time

import pytest
from django.db import connections

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.lines.canaries import make_canary
from rollkeeper.operations import doctor
from rollkeeper.registration import persistence
from rollkeeper.registration.services import register_subscriber
from rollkeeper.retention import abandoned, services
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault import canaries
from rollkeeper.vault.hooks import CANARY_MAKER
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission, without_address

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(hours=24)
MOMENT = dt.timedelta(seconds=5)


@pytest.fixture
def clerk(committed: None) -> Authority:
    begin_first_epoch()
    return employ(StaffRole.CLERK)


@pytest.fixture
def later(monkeypatch):
    """Lets so much time go by."""

    def go(by: dt.timedelta) -> None:
        monkeypatch.setattr(clock, "true_seconds", lambda: int(time.time() + by.total_seconds()))

    return go


def kept() -> tuple[int, int]:
    """Return how many keys and how many sealed values there are."""
    (keys,) = rows("SELECT count(*) AS n FROM person_key", using="keys")
    (values,) = rows("SELECT count(*) AS n FROM vault_sealed")
    return keys.n, values.n


def erase() -> int:
    return services.erase_due(worker_authority(), on=ON).abandoned


def break_off(clerk: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a registration that is killed after everything was sealed."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(persistence, "register_tenures", killed)
        with pytest.raises(KeyboardInterrupt):
            register_subscriber(clerk, submission(fresh_number()), on=ON)


@pytest.mark.parametrize(
    "subscriber",
    [person(name=""), person(document_number="000000195001010009"), person(document_type="library-card")],
    ids=["no name", "impossible document", "unknown document"],
)
def test_an_application_that_a_rule_refuses_is_kept_nowhere(clerk, subscriber):
    before = kept()

    with pytest.raises(RollkeeperError):
        register_subscriber(clerk, submission(fresh_number(), subscriber), on=ON)

    assert kept() == before


def test_a_second_application_for_a_registered_line_is_kept_nowhere(clerk):
    number = fresh_number()
    register_subscriber(clerk, submission(number), on=ON)
    before = kept()

    with pytest.raises(RollkeeperError):
        register_subscriber(clerk, submission(number), on=ON)

    assert kept() == before


@pytest.mark.parametrize(
    ("age", "gone"), [(dt.timedelta(), 0), (HOUR - MOMENT, 0), (HOUR + MOMENT, 1), (DAY, 1)]
)
def test_an_application_that_broke_off_goes_after_an_hour(clerk, later, monkeypatch, age, gone):
    break_off(clerk, monkeypatch)
    assert kept() == (1, 0), "the key of nobody is there, or the test breaks nothing off"

    later(age)

    assert erase() == gone
    assert kept() == (1 - gone, 0)
    assert erase() == 0


def test_it_leaves_one_entry_without_a_person(clerk, later, monkeypatch):
    for _ in range(3):
        break_off(clerk, monkeypatch)
    later(2 * HOUR)

    erase()

    (entry,) = rows(
        "SELECT line_id, person_id, body::jsonb AS body FROM ledger_entry WHERE verb = 'line:application:erased'"
    )
    assert (entry.line_id, entry.person_id, entry.body["facts"]) == (None, None, {"keys": 3})


def test_a_registered_subscriber_and_related_persons_stay(clerk, later, monkeypatch):
    parts = {PartyRole.SUBSCRIBER: person(document_type="other", document_number="A-1"), PartyRole.USER: person(),
             PartyRole.BEARER: without_address()}  # fmt: skip
    register_subscriber(
        clerk, submission(fresh_number(), kind=PartyKind.COMPANY, parts=parts, double_checked=True), on=ON
    )
    register_subscriber(clerk, submission(fresh_number()), on=ON)
    break_off(clerk, monkeypatch)
    assert kept()[0] == 5
    later(30 * DAY)

    assert erase() == 1
    assert kept()[0] == 4


def test_an_erasure_killed_before_the_keys_went_is_done_by_the_next(clerk, later, monkeypatch):
    break_off(clerk, monkeypatch)
    later(2 * HOUR)
    with monkeypatch.context() as patched:
        patched.setattr(abandoned, "shred", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erase()

    assert erase() == 1
    assert kept() == (0, 0)


def test_a_canary_that_is_just_being_made_keeps_its_key(clerk, later):
    run("DELETE FROM vault_canary")
    later(2 * HOUR)
    erased: list[int] = []
    meanwhile = threading.Thread(target=lambda: (erased.append(erase()), connections.close_all()))

    def made_while_somebody_erases(on: dt.date, entry_id: int) -> None:
        make_canary(on, entry_id)
        meanwhile.start()
        while meanwhile.is_alive() and not rows(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ):
            time.sleep(0.01)

    with CANARY_MAKER.replaced(made_while_somebody_erases):
        canaries.ensure_canary(console_authority(), on=ON)
    meanwhile.join()

    assert erased == [0]
    assert kept()[0] == 1
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'line:application:erased'")


def test_a_clerk_erases_none(clerk):
    with refusing(NOT_ALLOWED):
        abandoned.erase_abandoned(clerk, on=ON)


@pytest.mark.parametrize(("age", "health"), [(DAY - MOMENT, "ok"), (DAY + MOMENT, "error")])
def test_the_doctor_asks_for_it_after_a_day(clerk, later, monkeypatch, age, health):
    break_off(clerk, monkeypatch)
    later(age)

    (found,) = doctor._run_check(doctor._check_abandoned_applications)

    assert found.health.name == health.upper()
    assert ("retention erase" in found.remedy) is (health == "error")
