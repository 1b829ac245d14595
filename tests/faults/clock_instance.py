# SPDX-License-Identifier: EUPL-1.2
"""The part of the test of a wrong clock that runs inside the instance under that clock; each line of its input is a command.

    make ADDRESS-OF-THE-NETWORK     an instance for real people, as it is on the day before a batch
    register                        the subscriber of the barred line
    state                           what became of its lines
Run it by `python -m tests.faults.clock_instance`.
"""

import datetime as dt
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
os.environ.setdefault("ROLLKEEPER_ROLE", "migrator")
django.setup()

from django.db import connections

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import forget_settings, write_settings
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.operations import bootstrap
from rollkeeper.provisioning.choices import CommandKind
from rollkeeper.provisioning.services import queue_command
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.submissions import RegistrationKind
from tests.builders.lines import make_line, make_sealed_line, suspend_line
from tests.builders.notices import deliver_notices
from tests.campaign.population import plan
from tests.campaign.typed_commands import (
    DUE,
    NOTIFIED,
    NUMBER,
    PASSWORD,
    PLANNED,
    approved,
    employ_with_password,
)
from tests.faults import under_clock
from tests.instances import set_up_copy
from tests.registration.people import submission
from tests.retention.test_erasure import ended_line

TODAY = DUE - dt.timedelta(days=1)
DUE_LINES = 5


def make(network: str) -> None:
    """Make a barred line, an approved batch for tomorrow, and a record that is due for erasure in three days."""
    write_settings(
        campaign={"pilot_share": 1.0, "pilot_hours": 0, "run_from_hour": 0},
        notices={"quiet_from": dt.time(), "quiet_until": dt.time(), "channels": ["post"]},
        provisioning={"webhook": {"url": network, "numbers": False}},
    )
    set_up_copy()
    for name in ("clerk-01", "clerk-02"):
        add_staff(console_authority(), username=name, password=PASSWORD, roles=[StaffRole.CLERK], on=TODAY)
    employ_with_password(("anna", StaffRole.CAMPAIGN_MANAGER), ("tashi", StaffRole.SUPERVISOR))
    for nth in range(DUE_LINES):
        make_sealed_line(f"+86139{nth:08d}", contact=None)
    plan(PLANNED)
    deliver_notices(NOTIFIED)
    approved()
    clock.set_demo_date(TODAY)
    barred = make_line(number=NUMBER)
    with action():
        suspend_line(barred, reason=SuspensionReason.REGISTRATION, on=TODAY)
        queue_command(barred, kind=CommandKind.BAR, reason="registration", at=clock.now())
    ended_line(TODAY.replace(year=TODAY.year - 1) + dt.timedelta(days=2))
    clock.set_demo_date(None)
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    forget_settings()
    bootstrap.bring_up_to_date()
    print(barred)


def register() -> None:
    """Register the subscriber of the barred line, as a counter does."""
    bootstrap.open_instance()
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32)
    given = submission(NUMBER, double_checked=True)
    (outcome,) = record(clerk, [given], action_kind=RegistrationKind.REGISTER, on=clock.today())
    print(type(outcome).__name__, outcome)


def state() -> None:
    """Print how many lines of the batch are suspended, how many records are erased, and which jobs were refused."""
    bootstrap.open_instance()
    (found,) = rows(
        "SELECT (SELECT count(*) FROM lines_line JOIN campaign_member USING (line_id) WHERE state <> 'active') AS cut,"
        " (SELECT count(*) FROM lines_line WHERE erased_on IS NOT NULL) AS erased,"
        " ARRAY(SELECT job FROM kernel_job WHERE fault = 'clock_set_forwards' ORDER BY job) AS refused"
    )
    print(json.dumps(found._asdict()))


if __name__ == "__main__":
    under_clock.put_servers_under()
    for line in sys.stdin:
        forget_settings()
        match line.split():
            case ["make", network]:
                make(network)
            case ["register"]:
                register()
            case ["state"]:
                state()
        connections.close_all()
        sys.stdout.flush()
