# SPDX-License-Identifier: EUPL-1.2
"""What the soak does inside its instance, before the first fault and after the last.

python -m tests.faults.soak_instance make LINES ADDRESS-OF-THE-NETWORK ADDRESS-OF-THE-MAIL-SERVER
python -m tests.faults.soak_instance check FOLDER     of the numbers on standard input
python -m tests.faults.soak_instance waiting          how much the batch, the network and the notices still have to do
"""

import datetime as dt
import json
import os
import sys
from collections import Counter
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
os.environ.setdefault("ROLLKEEPER_ROLE", "migrator")
django.setup()

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.ledger.publication import publish
from rollkeeper.operations import bootstrap
from tests.builders.lines import make_sealed_line
from tests.builders.notices import deliver_notices
from tests.campaign.population import plan
from tests.campaign.typed_commands import DUE, NOTIFIED, PASSWORD, PLANNED, approved, employ_with_password
from tests.faults import acknowledged

LIMIT = 10**8
MAIL_EACH = 10
"""Of so many lines one has a mailbox, which comes first."""
WAITING = """
SELECT (SELECT count(*) FROM campaign_batch WHERE state IN ('approved', 'running')) AS batches,
       (SELECT count(*) FROM provisioning_command WHERE state IN ('waiting', 'sent')) AS commands,
       (SELECT count(*) FROM notices_notice WHERE state = 'queued' AND next_channel IS DISTINCT FROM 'email') AS notices
"""
STORIES = """
SELECT l.state, (SELECT count(*) FROM lines_suspension x WHERE x.line_id = l.line_id) AS suspensions,
       (SELECT count(*) FROM provisioning_command x WHERE x.line_id = l.line_id AND kind = 'bar') AS commands,
       (SELECT count(*) FROM notices_notice x WHERE x.line_id = l.line_id AND kind = 'suspended') AS notices,
       (SELECT count(*) FROM ledger_entry x WHERE x.line_id = l.line_id AND verb = 'line:line:suspended') AS entries
  FROM lines_line l JOIN campaign_member USING (line_id)
"""


def make(lines: int, network: str, mail_server: str) -> None:
    """Make an instance with a clerk, and a batch of so many lines that two people have approved for its day, which is today."""
    write_settings(
        access={"index_lookups_per_day": LIMIT},
        campaign={
            "pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": LIMIT, "run_from_hour": 0,
            "abort_at_failed_read_backs": 1.0, "abort_at_complaints": 1.0,
        },
        ledger={"publish_every_minutes": 1},
        lines={"lookups_per_day": LIMIT, "lookups_per_day_total": LIMIT, "missed_lookups_per_day": LIMIT},
        notices={"quiet_from": dt.time(), "quiet_until": dt.time(), "outbox_bounce_share": 0.0, "smtp_url": mail_server,
            "channels": ["email", "sms"]},
        provisioning={"webhook": {"url": network, "numbers": False}},
    )  # fmt: skip
    bootstrap.set_up_instance(InstanceKind.DEMO)
    add_staff(
        console_authority(), username="clerk-01", password=PASSWORD, roles=[StaffRole.CLERK], on=PLANNED
    )
    employ_with_password(("anna", StaffRole.CAMPAIGN_MANAGER), ("tashi", StaffRole.SUPERVISOR))
    for nth in range(lines):
        make_sealed_line(
            f"+86139{nth:08d}", contact="invented@mail.example" if nth % MAIL_EACH == 0 else None
        )
    plan(PLANNED)
    deliver_notices(NOTIFIED)
    approved()
    clock.set_demo_date(None)
    write_settings(instance={"demo_date": DUE})
    publish()


def check(folder: Path) -> None:
    """Say what is lost and doubled of what was acknowledged, what became of the batch's lines, and what pg_amcheck found."""
    bootstrap.open_instance()
    found = acknowledged.lost_and_doubled(json.load(sys.stdin))
    publish(folder)
    counted = Counter(map(tuple, rows(STORIES)))
    stories = [[*story, lines] for story, lines in counted.items()]
    print(json.dumps(found | {"stories": stories, "amcheck": acknowledged.amcheck()}))


def waiting() -> None:
    """Say what the workers still have to do."""
    print(json.dumps(rows(WAITING)[0]._asdict()))


def main() -> None:
    match sys.argv[1:]:
        case ["make", lines, network, mail_server]:
            make(int(lines), network, mail_server)
        case ["check", folder]:
            check(Path(folder))
        case ["waiting"]:
            waiting()


if __name__ == "__main__":
    main()
