# SPDX-License-Identifier: EUPL-1.2
"""The one clock of a demo instance: a day in its settings, which moves forwards only.

What was done in a demo has its day in the ledger. A clock that ran backwards would promise days that are over.
"""

import datetime as dt
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import DATE_REFUSED
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import forget_settings, write_settings
from rollkeeper.operations.errors import DEMO_CLOCK_BACKWARDS

# A new instance was set up today, whatever its day will be: until it has lines of an operator, any day will do.
_LATEST: Final = (
    "SELECT max(day) AS day FROM ledger_entry"
    " WHERE EXISTS (SELECT FROM imports_import) OR EXISTS (SELECT FROM campaign_campaign)"
)


def move_on(day: dt.date) -> None:
    """Set the instance's day. Refuses: DATE_REFUSED in a production instance; DEMO_CLOCK_BACKWARDS."""
    if instance().kind is InstanceKind.PRODUCTION:
        raise DATE_REFUSED(day=day)
    latest = instance().demo_date
    if latest is None:
        latest = rows(_LATEST)[0].day
    if latest is not None and day < latest:
        raise DEMO_CLOCK_BACKWARDS(day=day, latest=latest)
    write_settings(instance={"demo_date": day})
    forget_settings()
    clock.set_demo_date(None)
