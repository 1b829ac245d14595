"""The commands `vault open` and `vault alarms`, typed as their user types them."""

import sys
from io import StringIO

import pytest
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.operations.cli import make_app
from rollkeeper.vault.canaries import open_alarms
from tests.lines.test_canaries import canary, somebody_who_left

__all__ = ["canary"]

pytestmark = pytest.mark.usefixtures("committed")

OPEN = ("vault", "open", "--as", "officer-1", "--field", "name", "--purpose")


@pytest.fixture
def typed(committed):
    """Type a command and what it asks for; return what it wrote, or the refusal that it ended with."""
    for name, role in (
        ("officer-1", "data_protection_officer"),
        ("super-1", "supervisor"),
        ("clerk-1", "clerk"),
    ):
        add_staff(
            console_authority(), username=name, password=f"long words of one {name[:3]}", roles=[StaffRole(role)],
            on=clock.today(),
        )  # fmt: skip

    def typing(*words, answers):
        done = CliRunner().invoke(make_app(), list(words), input="".join(f"{one}\n" for one in answers))
        if isinstance(done.exception, RollkeeperError):
            return done.exception.code
        return done.stdout.strip() if done.exit_code in {0, 1} else done.output

    return typing


def test_an_officer_sees_one_field_of_one_person_and_the_ledger_knew_before(typed):
    somebody_who_left()

    shown = typed(*OPEN, "subscriber_request", answers=["long words of one off", "13900001234"])

    assert shown == "李强"
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    assert '"purpose":"subscriber_request"' in entry.body
    assert '"role":"data_protection_officer"' in entry.body


@pytest.mark.parametrize("purpose", ["notice", "network", "curiosity", "legal_disclosure"])
def test_what_is_no_purpose_of_a_person_is_not_taken(typed, purpose):
    assert "takes for --purpose only" in typed(*OPEN, purpose, answers=[])


def test_a_clerk_learns_not_even_whether_a_number_is_there(typed):
    somebody_who_left()
    words = ("vault", "open", "--as", "clerk-1", "--field", "name", "--purpose", "review")

    said = {
        typed(*words, answers=["long words of one cle", number]) for number in ("13900001234", "13900009999")
    }

    assert said == {"not_allowed"}


def test_alarms_are_listed_and_settled_by_somebody_else(typed, canary):
    typed(*OPEN, "review", answers=["long words of one off", str(canary)])
    (alarm,) = open_alarms()

    listed = typed("vault", "alarms", "--json", answers=[])
    by_the_opener = typed(
        "vault", "alarms", "--settle", "--as", "officer-1", answers=["long words of one off"]
    )
    by_a_supervisor = typed(
        "vault", "alarms", "--settle", "--as", "super-1", answers=["long words of one sup"]
    )

    assert f'"entry": {alarm.entry_id}' in listed
    assert (by_the_opener, by_a_supervisor) == ("own_alarm", "not_allowed")
    assert len(open_alarms()) == 1


def test_on_a_screen_a_value_is_shown_on_one_that_is_wiped(monkeypatch):
    from rollkeeper.lines import commands

    class Screen(StringIO):
        def isatty(self):
            return True

    seen, screens = Screen(), []
    monkeypatch.setattr(sys, "stdin", Screen("\n"))
    monkeypatch.setattr(sys, "stdout", seen)
    monkeypatch.setattr(commands.typer, "prompt", lambda *_, **__: "")
    monkeypatch.setattr(commands.out, "screen", lambda: screens.append("alternate") or _Nothing())
    shown = []
    monkeypatch.setattr(commands.out, "print", lambda text, **_: shown.append(text))

    commands._show_once("李强")

    assert (screens, shown, seen.getvalue()) == (["alternate"], ["李强"], "")


class _Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None
