# SPDX-License-Identifier: EUPL-1.2
"""A counter at which people register one after another, at a pace, in a process with the rights of a role.

    ROLLKEEPER_ROLE=counter python -m tests.campaign.registration_load FIRST STEP COUNT PER_SECOND SECONDS AT_ONCE

Registers the subscribers of the lines FIRST, FIRST + STEP and so on, and prints as JSON who got a receipt, what was refused, and how
long the slowest registration took. After SECONDS no one more is served. AT_ONCE is 1 at a counter, and more for a worker that
processes offline registrations of many shops together.
"""

import json
import sys
import time
from collections import Counter


def number(n: int) -> str:
    return f"+86138{n:08d}"


def main(first: int, step: int, count: int, per_second: float, seconds: float, at_once: int) -> None:
    """Open, register, close."""
    import django

    django.setup()
    from rollkeeper.access.authority import Authority
    from rollkeeper.access.roles import StaffRole
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.errors import RollkeeperError
    from rollkeeper.kernel.ids import StaffId, new_uuid
    from rollkeeper.law.packs import load_pack
    from rollkeeper.registration.pipeline import record
    from rollkeeper.registration.submissions import RegistrationKind
    from tests.campaign.typed_commands import DUE
    from tests.registration.people import card, person, submission

    load_pack("cn-xz-2011")
    clock.set_demo_date(DUE)
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)
    done: list[int] = []
    refused: Counter[str] = Counter()
    slowest = 0.0
    print("open", flush=True)
    sys.stdin.readline()
    opened = time.monotonic()
    for place in range(0, count, at_once):
        wait = opened + place / per_second - time.monotonic()
        time.sleep(max(wait, 0))
        began = time.monotonic()
        if began - opened > seconds:
            break
        those = [first + nth * step for nth in range(place, min(place + at_once, count))]
        given = [submission(number(n), person(document_number=card(n))) for n in those]
        for n, outcome in zip(
            those, record(clerk, given, action_kind=RegistrationKind.REGISTER, on=DUE), strict=True
        ):
            if isinstance(outcome, RollkeeperError):
                refused[outcome.code] += 1
            else:
                done.append(n)
        slowest = max(slowest, time.monotonic() - began)
    print(
        json.dumps(
            {"done": done, "refused": refused, "slowest": slowest, "seconds": time.monotonic() - opened}
        ),
        flush=True,
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), *map(float, sys.argv[4:6]), int(sys.argv[6]))
