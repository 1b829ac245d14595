# SPDX-License-Identifier: EUPL-1.2
"""The one clock of a demo instance: a day in its settings, which moves forwards only.

Each action in a demo has its day in the ledger. A clock set backwards would promise days that are over.
"""

import datetime as dt
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import DATE_REFUSED
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import forget_settings, write_settings
from rollkeeper.ledger.leaf_classes import LeafClass
from rollkeeper.ledger.verbs import Verb
from rollkeeper.operations.errors import DEMO_CLOCK_BACKWARDS

# Actions on lines have a day of the instance's clock. Setup and new staff have the true day, and accesses change nothing: they do not count.
_DONE_TO_LINES: Final = [
    verb.value
    for verb in Verb
    if verb.leaf_class is not LeafClass.ACCESS
    and verb.partition(":")[0] in {"imports", "campaign", "line", "notices", "provisioning", "retention", "selfcare", "offline"}
]  # fmt: skip


def move_on(day: dt.date) -> None:
    """Set the instance's day. Refuses: DATE_REFUSED in a production instance; DEMO_CLOCK_BACKWARDS."""
    if instance().kind is InstanceKind.PRODUCTION:
        raise DATE_REFUSED(day=day)
    _require_forwards(day)
    write_settings(instance={"demo_date": day})
    forget_settings()
    clock.set_demo_date(None)


def require_given_day_forwards() -> None:
    """Require that the day given to this process is not before the last action. Refuses: DEMO_CLOCK_BACKWARDS."""
    if (day := clock.given_date()) is not None and instance().kind is InstanceKind.DEMO:
        _require_forwards(day)


def _require_forwards(day: dt.date) -> None:
    latest = instance().demo_date
    if latest is None:
        latest = rows("SELECT max(day) AS day FROM ledger_entry WHERE verb = ANY (%s)", [_DONE_TO_LINES])[
            0
        ].day
    if latest is not None and day < latest:
        raise DEMO_CLOCK_BACKWARDS(day=day, latest=latest)
