"""Nothing is written by what is refused: every command with a wrong word leaves register, ledger, keys and settings as they were.

Two things are written all the same, on purpose: that an access to a person was refused or found no one, and that a person tried to sign in.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from typer.core import TyperGroup
from typer.main import get_group

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import STAFF_ROLES
from rollkeeper.campaign.planning import plan_campaign
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.settings import settings_file
from rollkeeper.operations.command_table import COMMANDS, app_of
from rollkeeper.operations.errors import DEMO_CLOCK_BACKWARDS
from tests.builders.lines import make_sealed_line
from tests.builders.staff import employ
from tests.in_process import invoke
from tests.superuser import as_superuser

NO_ONE = "01900000-0000-7000-8000-0000000000ff"
PASSWORD = "plum kettle orbit lantern"
NO_DAY = "2012-02-30"
ACCESS_ALONE = {"line:access:recorded", "vault:sealed:refused", "access:sign_in:attempted"}
OF_ATTEMPTS = {"lines_accesscount", "access_indexcount", "access_attempt", "ledger_appended"}
TEXTS = {
    "number": "+8613999999999", "pack": "no-such-law", "former": "no-such-law", "latter": "no-such-law", "username": "nobody",
    "--as": "anna", "--role": "no_such_role", "--reason": "no_such_reason", "--because": "no_such_reason", "agent": "no-such-agent",
    "language": "tlh", "--case": "no-such-case", "--field": "no_such_field", "--purpose": "no_such_purpose",
}  # fmt: skip
NOT_OTHERWISE = {
    ("campaign", "stay", "enter"): ["--reason", "invented", "--from", "2012-03-05", "--to", "2012-03-01"],
    ("agents", "add"): ["An Invented Shop"], ("backup",): [__file__], ("documents", "specimen"): [".", "--kind", "no-such-kind"],
}  # fmt: skip
"""What is wrong for a command that takes any new name."""
WELL_FORMED = {
    "--hours": "mo-fr 9-17",
    "outlet": "no-such-outlet",
    "--second": "nobody",
    "--kind": "court",
    "--key": "no key",
}


def leaves(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every command with the words that call it."""
    for name, command in group.commands.items():
        if not isinstance(command, TyperGroup) or command.invoke_without_command:
            yield (*path, name), command
        if isinstance(command, TyperGroup):
            yield from leaves(command, (*path, name))


def every_command() -> dict[tuple[str, ...], Any]:
    packages = dict.fromkeys(package for entry in reversed(COMMANDS) for package in entry.packages)
    order = sorted(packages, key=lambda one: one == "operations")
    return dict(leaves(get_group(app_of(order))))


EVERY = every_command()


def is_day(parameter: Any) -> bool:
    return "date" in getattr(parameter.type_descriptor.annotation, "__name__", "") and bool(
        getattr(parameter.type_descriptor.parameter_info, "parser", None)
    )


def wrong_value(parameter: Any, folder: Path) -> str:
    """Give a value that has the right form and names nothing that there is."""
    kind = getattr(parameter.type_descriptor.annotation, "__name__", "")
    name = parameter.opts[0]
    if kind == "UUID":
        return NO_ONE
    if kind == "Path":
        return str(folder / "no-such-folder" / "no-such-file")
    if is_day(parameter):
        return "2012-03-02"
    if kind in {"int", "float"}:
        return "none"
    return TEXTS.get(name) or WELL_FORMED.get(name) or "no-such-thing"


def words_of(command: Any, folder: Path, *, but: dict[str, str] | None = None) -> list[str]:
    """Give wrong values for all that a command needs, and these for others."""
    words: list[str] = []
    given = dict(but or {})
    for parameter in command.params:
        name = parameter.opts[0]
        value = given.pop(name, None) or (wrong_value(parameter, folder) if parameter.required else None)
        if value is not None:
            words += [name, value] if name.startswith("--") else [value]
    return words


def picture(keys: psycopg.Connection) -> dict[str, Any]:
    """Return what every table of both stores holds, as counts and sums of hashes, and the settings."""
    own = {row.name: (row.n, row.hashes) for row in rows("EXECUTE picture")}
    of_keys = {f"keys: {name}": (n, hashes) for name, n, hashes in keys.execute("EXECUTE picture").fetchall()}
    return own | of_keys | {"settings": settings_file().read_bytes()}


TABLES = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'"


def prepare_picture(keys: psycopg.Connection) -> None:
    """Have both stores plan once what is asked of all their tables after each command."""
    names = [row.name for row in rows(TABLES) if row.name not in OF_ATTEMPTS]
    run("PREPARE picture AS " + " UNION ALL ".join(map(_sum_of, names)))
    names = [name for (name,) in keys.execute(TABLES).fetchall()]
    keys.execute("PREPARE picture AS " + " UNION ALL ".join(map(_sum_of, names)))


def _sum_of(name: str) -> str:
    seen = "verb NOT IN ('" + "', '".join(ACCESS_ALONE) + "')" if name == "ledger_entry" else "true"
    return (
        f"SELECT '{name}' AS name, count(*) AS n, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS hashes"  # noqa: S608
        f" FROM {name} t WHERE {seen}"
    )


@pytest.fixture(scope="module")
def keys(data_dir):
    """The owner of the keys, for all pictures: to connect takes longer than to look."""
    with as_superuser(stores.KEYS) as owner:
        yield owner


@pytest.fixture(scope="module")
def world(data_dir):
    """A campaign under way, and a member of staff with every role, who gives the right password."""
    with transaction.atomic():
        employ(*STAFF_ROLES, username="anna", password=make_password(PASSWORD))
        for number in range(3):
            make_sealed_line(f"+861390000000{number}")
        plan_campaign(console_authority(), pack_id="cn-xz-2011", on=dt.date(2012, 1, 2))
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(world, keys):
    """What there is before any command: a picture takes as long as all else in a test, and what each leaves is compared with it."""
    prepare_picture(keys)
    return picture(keys)


@pytest.fixture
def campaign(world, before, no_waits):
    """The same world for each test: what one writes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def no_waits(monkeypatch):
    """No one is asked for a password at a terminal."""
    monkeypatch.setenv("ROLLKEEPER_PASSWORD", PASSWORD)
    yield
    clock.set_demo_date(None)


@pytest.mark.parametrize("called", EVERY, ids=" ".join)
def test_a_command_that_is_refused_writes_nothing(called, campaign, before, keys, tmp_path):
    command = EVERY[called]
    attempts = [[*called, "--no-such-option"]]
    attempts += [
        [*called, *words_of(command, tmp_path, but={one.opts[0]: NO_DAY})]
        for one in command.params
        if is_day(one)
    ]
    if any(one.required for one in command.params):
        attempts.append([*called, *NOT_OTHERWISE.get(called, words_of(command, tmp_path))])

    for words in attempts:
        answer = invoke(*words, typed="")
        assert answer.exit_code != 0, f"{words} is not refused: {answer.output}"
    assert picture(keys) == before, attempts


@pytest.mark.parametrize(
    "words", [("campaign", "plan"), ("notices", "send"), ("campaign", "prepare"), ("campaign", "close"), ("retention", "erase")]
)  # fmt: skip
def test_nothing_is_done_in_a_demo_on_a_day_before_what_was_done(words, campaign, before, keys):
    answer = invoke(*words, "--on", "2012-01-01")

    assert answer.exception.code == DEMO_CLOCK_BACKWARDS.code
    assert picture(keys) == before


def test_who_only_looks_may_look_back(campaign):
    assert invoke("campaign", "status", "--on", "2012-01-01").exit_code == 0
