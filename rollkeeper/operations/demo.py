# SPDX-License-Identifier: EUPL-1.2
"""A demo instance to look at: invented people, a campaign half way, one login for each role.

Nothing is written into a table here. The demo does what an operator does: an export is imported, the campaign planned, notices sent,
people come to the counter, two people approve, and the nightly run runs, night after night, on the demo clock.
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

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.roles import STAFF_ROLES, StaffRole
from rollkeeper.access.services import add_staff, sign_in
from rollkeeper.campaign.batch_control import approve_batch
from rollkeeper.campaign.batch_execution import batches_to_run, run_batch
from rollkeeper.campaign.batch_planning import prepare_batches
from rollkeeper.campaign.nightly import run_nightly
from rollkeeper.campaign.planning import plan_campaign  # fmt: skip
from rollkeeper.disclosures.authorities import approve_authority, fingerprint, propose_authority
from rollkeeper.disclosures.choices import Instrument
from rollkeeper.disclosures.errors import DisclosureRefused
from rollkeeper.disclosures.services import enter_disclosure
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.services import import_lines
from rollkeeper.incidents.choices import About, Severity
from rollkeeper.incidents.services import open_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.console import Bar, err
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import data_dir, forget_settings, write_settings
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.publication import publish
from rollkeeper.lines.choices import NOT_DECLARED, LineState, PauseReason
from rollkeeper.lines.queries import find_line
from rollkeeper.notices.delivery_reports import read_delivery_reports
from rollkeeper.notices.services import record_outcomes, send_due
from rollkeeper.operations import bootstrap
from rollkeeper.operations.demo_cases import DemoCases
from rollkeeper.operations.demo_letters import DemoLetters
from rollkeeper.operations.demo_logins import IN_PROGRESS, demo_was_interrupted, write_logins
from rollkeeper.operations.errors import DEMO_IN_PROGRESS
from rollkeeper.operations.fake_people import FakePeople, FakePerson
from rollkeeper.platform import embedded_postgres
from rollkeeper.provisioning.services import push_due
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.services import change_record, pause_line
from rollkeeper.registration.submissions import RegistrationKind, Submission
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.fields import Field

LINES = 10_000
SEED = 20111124
FIRST_DAY = dt.date(2011, 12, 5)
LAST_DAY = dt.date(2012, 3, 20)
WAVES: dict[dt.date, float] = {FIRST_DAY: 0.35, dt.date(2012, 1, 10): 0.12, dt.date(2012, 1, 19): 1.0}
"""When notices go out, and to what share of all lines at most: an operator's gateway has its limits too."""
SERVICES = {Service.MOBILE: 80, Service.DATA_CARD: 8, Service.FIXED_LINE: 12}
"""How often each kind of service comes, in a hundred."""
STAFF = {
    StaffRole.CLERK: "pema", StaffRole.SUPERVISOR: "ben", StaffRole.CAMPAIGN_MANAGER: "anna",
    StaffRole.DATA_PROTECTION_OFFICER: "dawa", StaffRole.AUDITOR: "lin", StaffRole.ADMINISTRATOR: "erin",
}  # fmt: skip
"""The invented person with each role: pages name the person who approved, not a role."""
_MOST_CONTESTED = 19
COLUMNS = (
    "number", "service", "activated_on", "language", "region", "name", "address", "document_type", "document_number",
    "bill_to", "bill_address",
)  # fmt: skip
MAP: dict[str, Any] = {
    "number": {"column": "number"},
    "service": {
        "from": [{"column": "service", "values": {service.value: service.value for service in SERVICES}}]
    },
    "activated_on": {"column": "activated_on", "format": "%Y-%m-%d"},
    "language": {"column": "language"},
    "region": {"column": "region"},
    "contact": {"postal": ["bill_to", "bill_address"]},
    "registration": {
        "name": "name",
        "address": "address",
        "document_type": "document_type",
        "document_number": "document_number",
    },
}
"""The map of the file that the demo writes, as an operator would write it."""


def telling_by(bar: Bar) -> Callable[[int], None]:
    """Return a function to call after some steps: it moves the bar, or prints a line for each quarter if no terminal shows a bar."""
    if err.is_terminal:
        return bar.advance
    done, total = 0, day_count()
    err.print(f"Making a demo instance in {data_dir()}: people are invented and a campaign is run, which takes a minute or two.", markup=False)  # fmt: skip

    def advance(steps: int) -> None:
        nonlocal done
        before, done = done, done + steps
        if (quarter := 4 * done // total) != 4 * before // total:
            err.print(f"  {quarter * 25}% done", markup=False)

    return advance


def make_demo(*, lines: int = LINES, on_day_passed: Callable[[int], None] = lambda _: None) -> None:
    """Make the instance, the people and the campaign. `on_day_passed` is called for each day that has passed. Refuses: DEMO_IN_PROGRESS."""
    was_begun = demo_was_interrupted()
    data_dir().mkdir(parents=True, exist_ok=True)
    # The mark comes first, and the process that makes the demo locks it: a demo that is still being made must not be cleared
    # away.
    with (data_dir() / IN_PROGRESS).open("a") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DEMO_IN_PROGRESS(data_dir=data_dir()) from None
        if was_begun:
            _clear()
        _make(lines, on_day_passed)


def _make(lines: int, on_day_passed: Callable[[int], None]) -> None:
    bootstrap.set_up_instance(InstanceKind.DEMO)
    write_settings(
        instance={"demo_date": LAST_DAY, "care_number": "10086"},
        notices={"outbox_bounce_share": 0.08},
        portal={"care_menu": True},
    )
    clock.set_demo_date(FIRST_DAY)
    made = _make_staff()
    scenario = _Scenario(lines)
    scenario.import_export_file()
    for day in _days():
        clock.set_demo_date(day)
        scenario.live(day)
        on_day_passed(1)
    scenario.cases.leave(LAST_DAY)
    _begin_drill()
    scenario.enter_disclosure_request()
    publish()
    scenario.cases.leave_report(LAST_DAY)
    clock.set_demo_date(None)
    publish()
    write_logins(
        made,
        subscriber=scenario.subscriber
        | {"unregistered": scenario.unregistered(), "suspended": scenario.unregistered(LineState.SUSPENDED)},
    )
    (data_dir() / IN_PROGRESS).unlink()
    # A process that continues to serve must not hold locks that a key rotation waits for.
    connections.close_all()


def _begin_drill() -> None:
    """Leave a drill for visitors of the back office: as if everything opened in the last days had leaked."""
    open_incident(
        console_authority(), about=About.WINDOW, severity=Severity.SERIOUS, noticed_at=clock.now(), on=LAST_DAY,
        since=clock.now() - dt.timedelta(days=3), is_drill=True,
    )  # fmt: skip


def day_count() -> int:
    """Return how many days the demo lives through."""
    return (LAST_DAY - FIRST_DAY).days + 1


class _Scenario:
    """The events of the invented operator, day by day; the same every time."""

    def __init__(self, lines: int) -> None:
        self._dice = random.Random(SEED)  # noqa: S311 - invention, not secrecy
        self._inventor = FakePeople(SEED)
        self._count = lines
        self._unregistered: list[tuple[str, FakePerson]] = []
        self._registered: list[str] = []
        self.cases = DemoCases(lambda: self._registered, self._as)
        """The subscribers' cases, and the other work that waits for people in the back office."""
        self._letters = DemoLetters(self._as)
        self.subscriber: dict[str, str] = {}
        """The subscriber for trying the portal: the first of those registered from the start."""
        self._pack = load_pack(instance().pack)

    def import_export_file(self) -> None:
        """Write an operator's export, import it as an operator would, and take the file away again."""
        with tempfile.TemporaryDirectory(dir=data_dir()) as folder:
            export = Path(folder) / "customers.csv"
            with export.open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(COLUMNS)
                writer.writerows(self._rows())
            seen = scan_file(export)
            made = make_map(MAP, named="the demo's map", header=seen.header)
            import_lines(
                console_authority(), seen, made, refused_file=Path(folder) / "refused.csv", on=FIRST_DAY
            )

    def live(self, day: dt.date) -> None:
        """Let one day pass: the events of the day first, then the nightly run of that day."""
        if day == FIRST_DAY:
            plan_campaign(console_authority(), pack_id=instance().pack, on=day)
            self._see_document(day)
        if day in WAVES or (day > max(WAVES) and (day.weekday() == 0 or day >= dt.date(2012, 3, 1))):
            self._send_notices(day)
        if not is_closed(self._pack, day):
            self._open_the_counter(day)
        self.cases.live(day)
        self._letters.live(day)
        run_nightly(worker_authority(), on=day)
        if day > dt.date(2012, 3, 1) and not is_closed(self._pack, day):
            self._act(day)

    def _see_document(self, day: dt.date) -> None:
        """Have a counter see the document of the subscriber for the portal: a record that was only imported allows little there."""
        if self.subscriber:
            said = {name: value for name, value in self.subscriber.items() if name != "number"}
            given = _submission(self.subscriber["number"], FakePerson(**said))
            change_record(console_authority(), given, on=day)

    def unregistered(self, state: LineState = LineState.ACTIVE) -> str:
        """Return the number of a line in this state without a registered subscriber."""
        mobiles = (number for number, _ in self._unregistered if number.startswith("+861390891"))
        in_service = (
            number
            for number in mobiles
            if (line := find_line(number)) and line.state is state and not line.is_registered
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
            # The bill of a fixed line goes to the line's own address.
            bill = (person.name, person.address) if service is Service.FIXED_LINE else ("", "")
            head = (number, service.value, since.isoformat(), person.language, region)
            if self._dice.random() < 0.42:
                if service is Service.MOBILE and not self.subscriber:
                    self.subscriber = {"number": number} | asdict(person)
                elif service is Service.MOBILE:
                    self._registered = [number, *self._registered[:_MOST_CONTESTED]]
                yield (
                    *head,
                    person.name,
                    person.address,
                    person.document_type,
                    person.document_number,
                    *bill,
                )
            else:
                self._unregistered.append((number, person))
                yield (*head, "", "", "", "", *bill)

    def _send_notices(self, day: dt.date) -> None:
        reports = data_dir() / "outbox" / "delivery-reports.jsonl"
        reports.unlink(missing_ok=True)
        send_due(
            worker_authority(), on=day, limit=round(WAVES.get(day, 1.0) * self._count),
            by_channel=self._letters.with_the_others(),
        )  # fmt: skip
        if reports.exists():
            # Some telephones were off: no report came, and the clocks of these lines do not start.
            arrived = [report for report in read_delivery_reports(reports) if self._dice.random() < 0.94]
            record_outcomes(worker_authority(), reports=arrived, on=day)

    def _open_the_counter(self, day: dt.date) -> None:
        """Let people come: few at first, many as the last day draws near."""
        near = max(2, 62 - abs((dt.date(2012, 3, 1) - day).days)) * self._count // 3000
        self._dice.shuffle(self._unregistered)
        come = [
            self._unregistered.pop() for _ in range(min(len(self._unregistered), self._dice.randint(0, near)))
        ]
        record(
            console_authority(),
            [_submission(*one) for one in come],
            action_kind=RegistrationKind.REGISTER,
            on=day,
        )
        if self._unregistered and self._dice.random() < 0.5:
            number, _ = self._dice.choice(self._unregistered)
            declared = [reason for reason in PauseReason if reason not in NOT_DECLARED]
            pause_line(
                console_authority(), submission_key=str(new_uuid()), number=number, first=day,
                last=day + dt.timedelta(days=self._dice.randint(5, 40)), reason=self._dice.choice(declared), on=day,
            )  # fmt: skip

    def _act(self, day: dt.date) -> None:
        drawn = prepare_batches(console_authority(), due_on=day, on=day)
        if day == LAST_DAY:
            self._letters.leave(day)
            return  # the last batches are left for visitors of the demo
        for due in drawn:
            if due.batch_id:
                for role in ("campaign_manager", "supervisor"):
                    approve_batch(self._as(role), due.batch_id, on=day)
        for batch_id in batches_to_run(on=day):
            run_batch(worker_authority(), batch_id, on=day)
        push_due(worker_authority(), on=day)

    def enter_disclosure_request(self) -> None:
        """Leave a disclosure request for visitors of the back office: entered, and refused, since the law has no such power."""
        key = str(pyrage.x25519.Identity.generate().to_public())
        court = propose_authority(
            self._as("supervisor"), title="Invented Court", kind="court", public_key=key,
            valid_until=LAST_DAY + dt.timedelta(days=300), on=LAST_DAY,
        )  # fmt: skip
        approve_authority(self._as("data_protection_officer"), court, read_out=fingerprint(key), on=LAST_DAY)
        with suppress(DisclosureRefused):
            enter_disclosure(
                self._as("clerk"), court, instrument=Instrument.WARRANT, reference="invented no. 1", file=b"An invented paper.",
                fields=[Field.NAME], number=self.subscriber["number"], held_on=LAST_DAY, received_on=LAST_DAY,
                expires_on=LAST_DAY + dt.timedelta(days=90), on=LAST_DAY,
            )  # fmt: skip

    def _as(self, role: str) -> Authority:
        return sign_in(STAFF[StaffRole(role)], _passwords[role])


_passwords: dict[str, str] = {}


def _make_staff() -> list[dict[str, str]]:
    made = []
    for role in (role for role in StaffRole if role in STAFF_ROLES):
        _passwords[role.value] = secrets.token_urlsafe(12)
        add_staff(
            console_authority(),
            username=STAFF[role],
            password=_passwords[role.value],
            roles=[role],
            on=FIRST_DAY,
        )
        made.append({"user": STAFF[role], "password": _passwords[role.value], "role": role.value})
    return made


def _submission(number: str, person: FakePerson) -> Submission:
    return Submission(
        submission_key=str(new_uuid()),
        number=number,
        kind=PartyKind.INDIVIDUAL,
        parts={
            PartyRole.SUBSCRIBER: {
                "name": person.name,
                "address": person.address,
                "document_type": person.document_type,
                "document_number": person.document_number,
            }
        },
        language=person.language,
        double_checked=True,
    )


def _clear() -> None:
    """Remove a demo that broke off, except its mark, which proves that the folder holds nothing else."""
    embedded_postgres.stop_if_unused()
    for thing in data_dir().iterdir():
        if thing.is_dir():
            shutil.rmtree(thing)
        elif thing.name != IN_PROGRESS:
            thing.unlink()
    forget_settings()


def _days() -> Iterator[dt.date]:
    yield from (FIRST_DAY + dt.timedelta(days=passed) for passed in range(day_count()))
