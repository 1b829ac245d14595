# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: integrate appended entries, publish them, and check entries against their leaves."""

from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.ledger.errors import ENTRIES_CHANGED
from rollkeeper.ledger.settings import settings

INTEGRATE_EVERY_S = 5.0
"""Once an entry has a leaf, its removal is always noticed: so it gets a leaf soon."""


def integrate() -> int:
    """Give entries their leaves; return how many were new."""
    from rollkeeper.ledger.sequencer import integrate as integrate_entries

    return integrate_entries().added


def publish() -> int:
    """Publish into the folder of the settings; return how many entries are new there. Refuses: ENTRIES_CHANGED, once published."""
    from rollkeeper.ledger.publication import publish as publish_ledger

    done = publish_ledger()
    if done.faults:
        first = done.faults[0]
        raise ENTRIES_CHANGED(count=len(done.faults), entry=first.entry_id, what=first.kind.label)
    return done.added


JOBS = (
    PeriodicJob(
        "integrate-ledger", integrate, interval_s=lambda: INTEGRATE_EVERY_S, needs_keys=lambda: False
    ),
    PeriodicJob(
        "publish-ledger",
        publish,
        interval_s=lambda: settings().publish_every_minutes * 60.0,
        needs_keys=lambda: False,
        expected_errors=frozenset({ENTRIES_CHANGED.code}),
    ),
)
