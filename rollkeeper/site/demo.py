# SPDX-License-Identifier: EUPL-1.2
"""A trial home to look at: invented people, a campaign half way, one login for each role.

Nothing is put into a table here. The demo goes the way of an operator: an export is imported, the campaign planned,
notices sent, people come to the counter, two people approve, the sweep runs, night after night, on the trial clock.
"""

import csv
import datetime as dt
import fcntl
import random
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyrage
from django.db import connections

from rollkeeper.access.acts import add_staff, sign_in
from rollkeeper.access.authority import Authority, console_authority, sweep_authority
from rollkeeper.access.roles import PEOPLES_ROLES, StaffRole
from rollkeeper.campaign.acts import (
    advance,
    approve_batch,
    batches_to_run,
    draw_up_batches,
    plan_campaign,
    run_batch,
)  # fmt: skip
from rollkeeper.campaign.importing.acts import import_lines
from rollkeeper.campaign.importing.files import look
from rollkeeper.campaign.importing.maps import make_map
from rollkeeper.disclosures.acts import enter_demand
from rollkeeper.disclosures.authorities import admit_authority, fingerprint, propose_authority
from rollkeeper.disclosures.errors import DemandRefused
from rollkeeper.disclosures.kinds import Instrument
from rollkeeper.enrolment.acts import pause_line
from rollkeeper.enrolment.registering import record
from rollkeeper.enrolment.submissions import Deed, Submission
from rollkeeper.incidents.acts import open_incident
from rollkeeper.incidents.kinds import About, Severity
from rollkeeper.kernel import clock, server
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import HomeKind, home, settings, write_settings
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.publishing import publish
from rollkeeper.lines.queries import find_line
from rollkeeper.lines.states import NOT_DECLARED, LineState, PauseReason, Service
from rollkeeper.network.acts import push_due
from rollkeeper.notices.acts import record_outcomes, send_due
from rollkeeper.notices.receipts import read_receipts
from rollkeeper.site import boot
from rollkeeper.site.errors import DemoUnderWay
from rollkeeper.site.invented import InventedPerson, Inventor
from rollkeeper.site.logins import BEGUN, is_begun, write_logins
from rollkeeper.subscribers.kinds import Part, PartyKind
from rollkeeper.vault.fields import Field

LINES = 10_000
SEED = 20111124
FIRST_DAY = dt.date(2011, 12, 5)
LAST_DAY = dt.date(2012, 3, 20)
WAVES: dict[dt.date, float] = {FIRST_DAY: 0.35, dt.date(2012, 1, 10): 0.12, dt.date(2012, 1, 19): 1.0}
"""When notices go out, and to how many of all lines at the most: an operator's gateway has its limits too."""
SERVICES = {Service.MOBILE: 80, Service.DATA_CARD: 8, Service.FIXED_LINE: 12}
"""How often each kind of service comes, in a hundred."""
COLUMNS = (
    "number", "service", "activated_on", "language", "region", "name", "address", "document_type", "document_number",
)  # fmt: skip
MAP: dict[str, Any] = {
    "number": {"column": "number"},
    "service": {
        "from": [{"column": "service", "values": {service.value: service.value for service in SERVICES}}]
    },
    "activated_on": {"column": "activated_on", "format": "%Y-%m-%d"},
    "language": {"column": "language"},
    "region": {"column": "region"},
    "registration": {
        "name": "name",
        "address": "address",
        "document_type": "document_type",
        "document_number": "document_number",
    },
}
"""The map of the file that the demo writes, as an operator would write it."""


def make_demo(*, lines: int = LINES, moved: Callable[[int], None] = lambda _: None) -> None:
    """Make the home, the people and the campaign. `moved` is told of each day that has passed. Refuses: DemoUnderWay."""
    was_begun = is_begun()
    home().mkdir(parents=True, exist_ok=True)
    # The mark comes before anything else, and whoever makes the demo holds it: it is vain to clear away half a demo
    # that is still being made.
    with (home() / BEGUN).open("a") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoUnderWay(home=home()) from None
        if was_begun:
            _clear()
        _make(lines, moved)


def _make(lines: int, moved: Callable[[int], None]) -> None:
    boot.make_home(HomeKind.TRIAL)
    write_settings(trial_on=LAST_DAY, outbox_bounce_share=0.08, care_number="10086")
    clock.give_day(FIRST_DAY)
    made = _make_staff()
    story = _Story(lines)
    story.take_in_export()
    for day in _days():
        clock.give_day(day)
        story.live(day)
        moved(1)
    _begin_drill()
    story.take_in_demand()
    clock.give_day(None)
    publish()
    write_logins(made, subscriber=story.subscriber | {"unregistered": story.unregistered()})
    (home() / BEGUN).unlink()
    # Whoever goes on to serve must not hold what a rotation of the keys would wait for.
    connections.close_all()


def _begin_drill() -> None:
    """Leave a drill for whoever looks at the office: as if all that was opened on the last days had leaked."""
    open_incident(
        console_authority(), about=About.WINDOW, severity=Severity.SERIOUS, noticed_at=clock.now(), on=LAST_DAY,
        since=clock.now() - dt.timedelta(days=3), is_drill=True,
    )  # fmt: skip


def day_count() -> int:
    """Return how many days the demo lives through."""
    return (LAST_DAY - FIRST_DAY).days + 1


class _Story:
    """What happens to the invented operator, day by day; the same every time."""

    def __init__(self, lines: int) -> None:
        self._dice = random.Random(SEED)  # noqa: S311 - invention, not secrecy
        self._inventor = Inventor(SEED)
        self._count = lines
        self._unregistered: list[tuple[str, InventedPerson]] = []
        self.subscriber: dict[str, str] = {}
        """Whoever tries the subscriber's own door: the first of those who were registered from the start."""
        self._pack = load_pack(settings().pack)

    def take_in_export(self) -> None:
        """Write an operator's export, import it as an operator would, and take the file away again."""
        with tempfile.TemporaryDirectory(dir=home()) as folder:
            export = Path(folder) / "customers.csv"
            with export.open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(COLUMNS)
                writer.writerows(self._rows())
            seen = look(export)
            made = make_map(MAP, named="the demo's map", header=seen.header)
            import_lines(
                console_authority(), seen, made, refused_file=Path(folder) / "refused.csv", on=FIRST_DAY
            )

    def live(self, day: dt.date) -> None:
        """Let one day pass: the events of the day first, then the sweep of that day."""
        if day == FIRST_DAY:
            plan_campaign(console_authority(), pack_id=settings().pack, on=day)
        if day in WAVES or (day > max(WAVES) and (day.weekday() == 0 or day >= dt.date(2012, 3, 1))):
            self._send_notices(day)
        if not is_closed(self._pack, day):
            self._open_the_counter(day)
        advance(sweep_authority(), on=day)
        if day > dt.date(2012, 3, 1) and not is_closed(self._pack, day):
            self._act(day)

    def unregistered(self) -> str:
        """Return the number of a line in service for which nobody is registered yet."""
        mobiles = (number for number, _ in self._unregistered if number.startswith("+861390891"))
        in_service = (
            number
            for number in mobiles
            if (line := find_line(number)) and line.state is LineState.ACTIVE and not line.is_registered
        )
        return next(in_service, "")

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for index in range(self._count):
            person = self._inventor.person()
            since = dt.date(2003, 1, 1) + dt.timedelta(days=self._dice.randrange(3250))
            service = self._dice.choices(
                [Service.MOBILE, Service.DATA_CARD, Service.FIXED_LINE], [80, 8, 12]
            )[0]
            number = f"+868916{index:06d}" if service is Service.FIXED_LINE else f"+861390891{index:04d}"
            region = self._dice.choice(["Lhasa", "Shigatse", "Lhoka", "Nyingchi", "Nagchu", "Ngari"])
            head = (number, service.value, since.isoformat(), person.language, region)
            if self._dice.random() < 0.42:
                if service is Service.MOBILE and not self.subscriber:
                    self.subscriber = {"number": number} | asdict(person)
                yield (*head, person.name, person.address, person.document_type, person.document_number)
            else:
                self._unregistered.append((number, person))
                yield (*head, "", "", "", "")

    def _send_notices(self, day: dt.date) -> None:
        reports = home() / "outbox" / "receipts.jsonl"
        reports.unlink(missing_ok=True)
        send_due(sweep_authority(), on=day, limit=round(WAVES.get(day, 1.0) * self._count))
        if reports.exists():
            # Some telephones were off: their reports never came, and their clocks do not start.
            arrived = [report for report in read_receipts(reports) if self._dice.random() < 0.94]
            record_outcomes(sweep_authority(), receipts=arrived, on=day)

    def _open_the_counter(self, day: dt.date) -> None:
        """Let people come: few at first, many as the last day draws near."""
        near = max(2, 62 - abs((dt.date(2012, 3, 1) - day).days)) * self._count // 3000
        self._dice.shuffle(self._unregistered)
        come = [
            self._unregistered.pop() for _ in range(min(len(self._unregistered), self._dice.randint(0, near)))
        ]
        record(console_authority(), [_submission(*one) for one in come], deed=Deed.REGISTER, on=day)
        if self._unregistered and self._dice.random() < 0.5:
            number, _ = self._dice.choice(self._unregistered)
            declared = [reason for reason in PauseReason if reason not in NOT_DECLARED]
            pause_line(
                console_authority(), submission_key=str(new_uuid()), number=number, first=day,
                last=day + dt.timedelta(days=self._dice.randint(5, 40)), reason=self._dice.choice(declared), on=day,
            )  # fmt: skip

    def _act(self, day: dt.date) -> None:
        drawn = draw_up_batches(console_authority(), due_on=day, on=day)
        if day == LAST_DAY:
            return  # the last batches wait for whoever looks at the demo
        for due in drawn:
            if due.batch_id:
                for name in ("campaign_manager", "supervisor"):
                    approve_batch(self._as(name), due.batch_id, on=day)
        for batch_id in batches_to_run(on=day):
            run_batch(sweep_authority(), batch_id, on=day)
        push_due(sweep_authority(), on=day)

    def take_in_demand(self) -> None:
        """Leave a demand for whoever looks at the office: entered as it came, and refused, since the law knows no such power."""
        key = str(pyrage.x25519.Identity.generate().to_public())
        court = propose_authority(
            self._as("supervisor"), title="Invented Court", kind="court", public_key=key,
            valid_until=LAST_DAY + dt.timedelta(days=300), on=LAST_DAY,
        )  # fmt: skip
        admit_authority(self._as("data_protection_officer"), court, read_out=fingerprint(key), on=LAST_DAY)
        with suppress(DemandRefused):
            enter_demand(
                self._as("clerk"), court, instrument=Instrument.WARRANT, reference="invented no. 1", file=b"An invented paper.",
                fields=[Field.NAME], number=self.subscriber["number"], held_on=LAST_DAY, received_on=LAST_DAY,
                expires_on=LAST_DAY + dt.timedelta(days=90), on=LAST_DAY,
            )  # fmt: skip

    def _as(self, name: str) -> Authority:
        return sign_in(name, _passwords[name])


_passwords: dict[str, str] = {}


def _make_staff() -> list[dict[str, str]]:
    made = []
    for role in (role for role in StaffRole if role in PEOPLES_ROLES):
        _passwords[role.value] = secrets.token_urlsafe(12)
        add_staff(
            console_authority(),
            username=role.value,
            password=_passwords[role.value],
            roles=[role],
            on=FIRST_DAY,
        )
        made.append({"user": role.value, "password": _passwords[role.value], "role": role.value})
    return made


def _submission(number: str, person: InventedPerson) -> Submission:
    return Submission(
        submission_key=str(new_uuid()),
        number=number,
        kind=PartyKind.INDIVIDUAL,
        parts={
            Part.HOLDER: {
                "name": person.name,
                "address": person.address,
                "document_type": person.document_type,
                "document_number": person.document_number,
            }
        },
        language=person.language,
        looked_twice=True,
    )


def _clear() -> None:
    """Take away a demo that broke off, and nothing else: its mark is in the home."""
    server.stop_if_unused()
    for thing in home().iterdir():
        if thing.is_dir():
            shutil.rmtree(thing)
        elif thing.name != BEGUN:
            thing.unlink()
    settings.cache_clear()


def _days() -> Iterator[dt.date]:
    yield from (FIRST_DAY + dt.timedelta(days=passed) for passed in range(day_count()))
