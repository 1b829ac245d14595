# SPDX-License-Identifier: EUPL-1.2
"""The doctor's check of gateways and network elements: it names each that does not do its work, and how much waits for it."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.console import counted
from rollkeeper.kernel.database import rows
from rollkeeper.notices.queries import find_waiting_gateways
from rollkeeper.operations.findings import Finding, Health
from rollkeeper.provisioning.queries import find_waiting_elements
from rollkeeper.selfcare.posted_codes import count_letters_that_wait

_PATIENCE: Final = dt.timedelta(minutes=5)
_REMEDY: Final = "Bring it back, or the way to it; everything is tried again by itself."


def look_at_peers() -> Iterator[Finding]:
    """Name each gateway and element that does not accept its work; say whether a command has waited for a day."""
    found = [*_gateways(), *_letters(), *(list(_elements()) or _waited_a_day())]
    yield from found or [
        Finding(
            "",
            Health.OK,
            "Every gateway and element takes what it is given; no command has waited for a day.",
        )
    ]


def _gateways() -> Iterator[Finding]:
    for one in find_waiting_gateways():
        said = f"The gateway of '{one.channel.value}' did not take {one.count:,} notices, the oldest of {one.oldest_on}."
        yield Finding("", Health.WARNING, said, f"{_REMEDY} See logs/ for what it answers.")


def _letters() -> Iterator[Finding]:
    if waiting := count_letters_that_wait():
        said = f"{counted(waiting, 'letter with a code waits', 'letters with codes wait')} for more than a day: the printer is away, or more are asked for than 'portal.letters_per_day'."
        yield Finding(
            "",
            Health.WARNING,
            said,
            "Bring the printer back, or raise the number; after a week they are dropped.",
        )


def _elements() -> Iterator[Finding]:
    for one in find_waiting_elements(before=clock.now() - _PATIENCE):
        since = f"{one.oldest_at.astimezone(clock.zone()):%Y-%m-%d %H:%M}"
        said = f"'{one.elements}' has not carried out {one.count:,} commands, the oldest of {since}."
        yield Finding("", Health.WARNING, said, _REMEDY)


def _waited_a_day() -> Iterator[Finding]:
    """Count commands that waited a day for the network; those held on purpose (a stay, a stopped batch, a closed day) do not count."""
    now = clock.now()
    (commands,) = rows(
        "SELECT count(*) AS n FROM provisioning_command WHERE state IN ('waiting', 'sent') AND requested_at < %s"
        " AND NOT (state = 'waiting' AND attempts = 0 AND next_try_at > %s)",
        [now - dt.timedelta(hours=24), now],
    )
    if commands.n:
        said = f"{commands.n:,} commands have waited for the network for a day."
        yield Finding("", Health.WARNING, said, "rollkeeper provisioning push")
