# SPDX-License-Identifier: EUPL-1.2
"""The part of the soak that runs inside its instance, before the first fault and after the last.

    make LINES PEERS        the address of each peer, in JSON
    check FOLDER NUMBERS    of the numbers in a file
    finish SECONDS          wait that long for the batch, the network and the notices; say what is left to do

The command server runs it, in the migrator's role.
"""

import datetime as dt
import json
import time
from collections import Counter
from pathlib import Path

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.ids import LineId, StaffId, new_uuid
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.ledger.publication import publish
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.operations import bootstrap
from rollkeeper.provisioning.choices import CommandKind
from rollkeeper.provisioning.services import queue_command
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyRole
from tests.builders.lines import make_sealed_line, suspend_line
from tests.builders.notices import deliver_notices
from tests.campaign.population import plan
from tests.campaign.typed_commands import DUE, NOTIFIED, PASSWORD, PLANNED, approved, employ_with_password
from tests.faults import acknowledged
from tests.instances import set_up_copy
from tests.notices.centre import PASSWORD as PASSWORD_OF_THE_CENTRE
from tests.registration.people import submission

LIMIT = 10**8
STORE = 'endpoint = "http://{place}"\naccess_key_id = "a"\nsecret_access_key = "b"\nallow_http = true\n'
WITH_A_COPY = "+8617200000002"
"""A subscriber registered with a copy of a document. The doctor looks for the copy in a store that answers a byte a second."""
MAIL_EACH = 10
"""One of this many lines has a mailbox. It comes first, and its server answers a byte a second without end."""
WAITING = """
SELECT (SELECT count(*) FROM campaign_batch WHERE state IN ('approved', 'running')) AS batches,
       (SELECT count(*) FROM provisioning_command WHERE state IN ('waiting', 'sent') AND service = 'mobile') AS commands,
       (SELECT count(*) FROM notices_notice JOIN lines_line USING (line_id)
         WHERE notices_notice.state = 'queued' AND contact_sealed IS NULL) AS notices
"""
STORIES = """
SELECT l.state, (SELECT count(*) FROM lines_suspension x WHERE x.line_id = l.line_id) AS suspensions,
       (SELECT count(*) FROM provisioning_command x WHERE x.line_id = l.line_id AND kind = 'bar') AS commands,
       (SELECT count(*) FROM notices_notice x WHERE x.line_id = l.line_id AND kind = 'suspended') AS notices,
       (SELECT count(*) FROM ledger_entry x WHERE x.line_id = l.line_id AND verb = 'line:line:suspended') AS entries
  FROM lines_line l JOIN campaign_member USING (line_id)
"""


DRIPPED_ON = {"data_card": "+8617200000001", "internet_access": "invented-subscriber"}
"""One line of each service whose element answers a byte a second without end: its bar waits, and nothing else waits."""


def make(lines: int, peers: dict[str, str]) -> None:
    """Make an instance with a clerk, and a batch of so many lines that two people have approved for its day, which is today."""
    write_settings(
        access={"index_lookups_per_day": LIMIT},
        campaign={
            "pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": LIMIT, "run_from_hour": 0,
            "abort_at_failed_read_backs": 1.0, "abort_at_complaints": 1.0,
        },
        ledger={"publish_every_minutes": 1},
        lines={"lookups_per_day": LIMIT, "lookups_per_day_total": LIMIT, "missed_lookups_per_day": LIMIT},
        notices={"quiet_from": dt.time(), "quiet_until": dt.time(), "outbox_bounce_share": 0.0,
            "smtp_url": f"smtp://{peers['mail']}", "channels": ["email", "sms"]},
        provisioning={
            "webhook": {"url": peers["network"], "numbers": False},
            "hlr": {"ctrl": peers["hlr"], "vty": peers["hlr"]},
            "radius": {"coa": peers["radius"], "auth": peers["radius"]},
            "by_service": {"data_card": ["osmo_hlr"], "internet_access": ["freeradius"]},
        },
    )  # fmt: skip
    set_up_copy()
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
    for service, number in DRIPPED_ON.items():
        line = LineId(make_sealed_line(number, contact=None, service=service))
        with action():
            suspend_line(line, reason=SuspensionReason.REGISTRATION, on=PLANNED)
            queue_command(line, kind=CommandKind.BAR, reason="registration", at=clock.now())
    (kept,) = record(
        Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32),
        [submission(WITH_A_COPY, double_checked=True, copies={PartyRole.SUBSCRIBER: (b"\xff\xd8 invented",)})],
        action_kind=RegistrationKind.REGISTER, on=PLANNED,
    )  # fmt: skip
    assert not isinstance(kept, Exception), kept
    clock.set_demo_date(None)
    keep_secret("freeradius.secret", "invented")
    keep_secret("documents.toml", STORE.format(place=peers["store"]))
    write_settings(instance={"demo_date": DUE}, vault={"documents_url": "s3://invented"})
    if "centre" in peers:
        keep_secret("smpp.password", PASSWORD_OF_THE_CENTRE)
        write_settings(notices={"smpp_url": peers["centre"]})
    publish()


def keep_secret(name: str, text: str) -> None:
    place = data_dir() / "secrets" / name
    place.write_text(text, "utf-8")
    place.chmod(0o600)


def check(folder: Path, numbers: Path) -> None:
    """Print which acknowledged registrations are lost or doubled, the states of the batch's lines, and what pg_amcheck found."""
    bootstrap.open_instance()
    found = acknowledged.lost_and_doubled(json.loads(numbers.read_text("ascii")))
    publish(folder)
    counted = Counter(map(tuple, rows(STORIES)))
    stories = [[*story, lines] for story, lines in counted.items()]
    print(json.dumps(found | {"stories": stories, "amcheck": acknowledged.amcheck()}))


def finish(seconds: int) -> None:
    """Wait until the workers have done everything; print how much is left whenever the number changes."""
    ends, said = time.monotonic() + seconds, ""
    while time.monotonic() < ends:
        left = rows(WAITING)[0]._asdict()
        if said != (said := json.dumps(left)):
            print(said, flush=True)
        if not any(left.values()):
            return
        time.sleep(0.5)


def main(*words: str) -> None:
    match words:
        case ["make", lines, peers]:
            make(int(lines), json.loads(peers))
        case ["check", folder, numbers]:
            check(Path(folder), Path(numbers))
        case ["finish", seconds]:
            finish(int(seconds))
