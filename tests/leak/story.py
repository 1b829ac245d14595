# SPDX-License-Identifier: EUPL-1.2
"""Does everything that the product does once, with people whose values are all unique, and with faults.

Five ways in (import, registration in bulk, the counter with a network and without, the subscriber portal), then openings,
changes, notices by every way and what comes back of them, a campaign, the network, a disclosure request, an agent, an incident, figures for the
authority, the ledger, new keys, erasure; refused rows, refused forms, pages that are not there, crashes of a command, a server, an app.
"""

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import psycopg
import pypdfium2

from rollkeeper.law.attributes import LINE_ATTRIBUTES
from tests.builders.packs import confirmed, with_line_attributes
from tests.leak.browser import Apps
from tests.leak.desk import NOTIFIED, CounterDesk
from tests.leak.further import (
    MAILBOX,
    OfflineDesk,
    Portal,
    answer_disclosure,
    employ_agent,
    give_evidence,
    handle_incident,
    take_mail_reports,
)
from tests.leak.gateways import mail_server, network
from tests.leak.machine import PASSWORD, Machine, until
from tests.leak.people import Inventor, firm, with_service, without_subscriber
from tests.leak.ways import MAP as MAP_OF_LINES
from tests.leak.ways import (
    POSTAL,
    letters_and_calls,
    number_alone,
    numbers_at,
    on_an_envelope,
    short_messages,
    take_in_what_came_back,
)
from tests.leak.wrong import wrong_registrations, wrong_rows

DUE, GIVEN_BACK, FORGOTTEN = "2012-03-02", "2012-03-05", "2013-03-20"
SETTINGS = """[campaign]
pilot_hours = 0
max_lines_per_hour = 100000
[notices]
outbox_bounce_share = 0.3
channels = ["post", "sms", "email", "voice"]
"""
MAP = """
[number]
column = "number"
[service]
constant = "mobile"
[activated_on]
column = "since"
[language]
column = "language"
[contact]
column = "email"
[reference]
column = "reference"
[registration]
name = "name"
address = "address"
document_type = "document_type"
document_number = "document_number"
iccid = "iccid"
imsi = "imsi"
point_of_sale = "point_of_sale"
installation_address = "installation_address"
"""
STAFF = {
    "manager-01": "campaign_manager", "supervisor-01": "supervisor", "clerk-01": "clerk",
    "officer-01": "data_protection_officer",
}  # fmt: skip


class Story:
    """Runs everything on one machine. `people` has every value that is searched afterwards."""

    def __init__(self, machine: Machine, *, size: int, seed: int = 20111124) -> None:
        self.machine, self.people, self._size = machine, Inventor(seed), size
        self._map = machine.own("map.toml")
        self._map.write_text(MAP, "utf-8")

    def live(self, moved: Callable[[str], None] = lambda _: None) -> None:
        """Run everything; `moved` is called with the name of each next part."""
        for part in (
            self.set_up, self.import_lines, self.register_line, self.plan_and_tell, self.serve, self.act_on_batch,
            self.undo, self.answer_others, self.look_after, self.account_for, self.break_off, self.forget, self.restore,
        ):  # fmt: skip
            moved(part.__name__)
            part()

    def set_up(self) -> None:
        """Make the instance and the accounts."""
        law = self.machine.own("law.yaml")
        law.write_text(
            confirmed(with_line_attributes(*(f"name: {one}, required: optional" for one in LINE_ATTRIBUTES))),
            "utf-8",
        )
        (self.machine.data_dir / "settings.toml").write_text(
            f'[instance]\npack = "{law}"\n{SETTINGS}', "utf-8"
        )
        self.machine.type("setup")
        self.machine.hold_servers()
        for name, role in STAFF.items():
            self.machine.type("staff", "add", name, "--role", role, on="2011-12-01", typed=PASSWORD + "\n")

    def import_lines(self) -> None:
        """Import an export after a dry run; try others that are refused."""
        registered, bare = self.people.people(self._size * 4 // 10), self.people.people(self._size * 3 // 10)
        self.bare = bare
        file = self.machine.table("export.csv", [*with_service(registered), *without_subscriber(bare)])
        self.machine.type("import", str(file), "--propose", on="2011-12-05")
        self._import("export.csv", [*with_service(registered), *without_subscriber(bare)])
        self._import("export.csv", [*with_service(registered), *without_subscriber(bare)])
        self._import("gb18030.csv", with_service(self.people.people(6)), encoding="gb18030")
        for name in ("sheet.xlsx", "table.parquet"):  # each with its telephone numbers as numbers
            self._import(name, with_service(self.people.people(max(6, self._size // 50))))
        self._import("wrong.csv", wrong_rows(self.people, registered))
        self.far, self.fixed = self.people.people(6), self.people.people(3)
        self._import("far.csv", on_an_envelope(self.far), by=MAP_OF_LINES.format(service="mobile") + POSTAL)
        self._import("fixed.csv", number_alone(self.fixed), by=MAP_OF_LINES.format(service="fixed_line"))
        headless = self.machine.lines(
            "headless.csv", [",".join(row.values()) for row in with_service(registered[:3])]
        )
        self.machine.type("import", str(headless), "--map", str(self._map), on="2011-12-05", answers=(2,))
        self.machine.type("import", str(headless), "--yes", on="2011-12-05", answers=(2,))
        people = self.people.people(3)
        for script in range(3):  # the first row is taken for the headings
            people = [*people[1:], people[0]]
            identities = [",".join(person.identity().values()) for person in people]
            headless = self.machine.lines(f"only-names-{script}.csv", identities)
            self.machine.type("import", str(headless), "--propose", on="2011-12-05", answers=(0, 2))
        self.machine.type("import", str(headless), "--yes", on="2011-12-05", answers=(2,))
        self.machine.type("import", str(headless), "--map", str(self._map), on="2011-12-05", answers=(2,))

    def register_line(self) -> None:
        """Register people in bulk, on new and on known numbers; try others that are refused."""
        fresh, late = self.people.people(self._size * 3 // 10), self.bare[: len(self.bare) // 3]
        rows = [
            {"number": person.number, "language": person.language, **person.identity(), **person.line()}
            for person in fresh + late
        ]
        company, minor = self.people.people(3), self.people.people(2)
        rows.append(
            {"number": company[0].number, "kind": "company", **firm(company[0]), "user": company[1].identity(),
             "bearer": company[2].identity(address=False)}
        )  # fmt: skip
        rows.append(
            {"number": minor[0].number, "kind": "minor", **minor[0].identity(),
             "guardian": minor[1].identity(address=False)}
        )  # fmt: skip
        self.machine.type("register", str(self.machine.lines("people.jsonl", rows)), on="2011-12-06")
        self.registered = fresh
        wrong = self.machine.lines("wrong.jsonl", wrong_registrations(self.people, fresh))
        self.machine.type("register", str(wrong), on="2011-12-06", answers=(1,))
        nothing = self.machine.lines("nothing.jsonl", [str(person) for person in self.people.people(3)])
        self.machine.type("register", str(nothing), on="2011-12-06", answers=(2,))

    def plan_and_tell(self) -> None:
        """Plan the campaign, notify every subscriber, read the delivery reports."""
        self.machine.type("campaign", "plan", on="2011-12-06")
        with letters_and_calls(self.machine) as folder:
            self.machine.type("notices", "send", on=NOTIFIED)
            take_in_what_came_back(self.machine, folder, self.far, on=NOTIFIED)
        self.machine.type(
            "notices",
            "delivery-reports",
            str(self.machine.data_dir / "outbox" / "delivery-reports.jsonl"),
            on=NOTIFIED,
        )
        nonsense = self.machine.lines(
            "delivery-reports.jsonl", [{"reference": p.number, "outcome": p.name} for p in self.bare[:9]]
        )
        self.machine.type("notices", "delivery-reports", str(nonsense), on=NOTIFIED, answers=(0, 2))
        self.machine.type("campaign", "run", on=NOTIFIED)
        self.machine.type(
            "campaign",
            "pause",
            self.bare[-1].number,
            "--reason",
            "hospital",
            "--to",
            "2012-03-10",
            on=NOTIFIED,
        )
        self._check_documents()
        for number in (self.bare[-1].number, self.people.person().name):
            self.machine.type("explain", number, on=NOTIFIED, answers=(0, 1, 2))
            self.machine.type("notices", "check", number, "12345678", answers=(1, 2))

    def serve(self) -> None:
        """Serve the apps and use them; kill the server during a request, then an app."""
        self.machine.type("demo", "clock", NOTIFIED)
        apps = Apps(self.machine, "counter", "backoffice", "portal")
        desk = CounterDesk(apps.browser("counter"), self.people)
        desk.work(self.bare[-8:-1])
        backoffice = apps.browser("backoffice")
        assert backoffice.sign_in("supervisor-01").status == 302
        assert backoffice.ask("GET", "/campaign/").status == 200
        assert backoffice.submit("/line/", number=self.bare[-2].number, on=NOTIFIED).status == 200
        assert backoffice.submit("/line/", number=self.people.person().number, on=NOTIFIED).status == 404
        assert (
            backoffice.submit("/line/", number=self.people.person().name, on=self.people.person().name).status
            == 422
        )
        self._open_apps(apps, desk)
        desk.hang_up()
        desk.lose_the_server(self.machine)
        apps.kill("counter")
        apps.stop()
        self.machine.type("provisioning", "status")

    def act_on_batch(self) -> None:
        """Prepare what is due, approve it twice, run it, command the network."""
        self.machine.type("campaign", "prepare", on=DUE)
        with self.machine.register() as owner:
            (self.batch,) = (str(one) for (one,) in owner.execute("SELECT batch_id FROM campaign_batch"))
        self.machine.type("campaign", "approve", self.batch, "--as", "manager-01", on=DUE)
        self.machine.type("campaign", "approve", self.batch, "--as", "supervisor-01", on=DUE)
        self.machine.type("campaign", "run", on=DUE)
        self.machine.type("provisioning", "push", on=DUE)
        with self.machine.register() as owner:
            (suspended,) = owner.execute(
                "SELECT count(*) FROM lines_suspension WHERE restored_on IS NULL"
            ).fetchone()
        assert suspended > self._size // 20
        someone = self.bare[len(self.bare) // 3 + 2]
        self.machine.type("explain", someone.number, on=DUE)
        self.machine.type("campaign", "complaint", someone.number, on=DUE)

    def undo(self) -> None:
        """Undo everything, while the network and the mail server repeat in their errors what they receive."""
        self.machine.type("campaign", "undo", self.batch, on=GIVEN_BACK)
        with network() as (url, heard), self.machine.setting(f'[provisioning.webhook]\nurl = "{url}"'):
            self.machine.type("provisioning", "push", on=GIVEN_BACK, answers=(0, 1))
            assert any(b"+86" in body for body in heard)
        with (
            mail_server() as (url, asked),
            self.machine.setting(f'[notices]\nsmtp_url = "{url}"\nbounce_mailbox = "{MAILBOX}"'),
        ):
            self.machine.type("notices", "send", on=GIVEN_BACK)
            assert {("e-mail", address) for address in asked} & set(self.people.values)
        self.machine.type("provisioning", "push", on=GIVEN_BACK)
        self.machine.type("provisioning", "reconcile", answers=(0, 1))
        self.machine.type("campaign", "unreachable", answers=(0, 1))
        self.machine.type("campaign", "status", "--json", on=GIVEN_BACK)

    def answer_others(self) -> None:
        """Answer a court's disclosure request, approve and end an agent, read mail servers' reports."""
        answer_disclosure(self.machine, self.registered[-1], self.people, on=GIVEN_BACK)
        employ_agent(self.machine, self.people, on=GIVEN_BACK)
        take_mail_reports(self.machine, self.bare[-4:-2], self.people, on=GIVEN_BACK)

    def account_for(self) -> None:
        """Find whom an account exposed and notify them; write the authority's figures."""
        with short_messages(self.machine) as centre:
            handle_incident(self.machine, on=GIVEN_BACK)
            assert {("telephone number", one) for one in numbers_at(centre)} & set(self.people.values)
        give_evidence(self.machine, on=GIVEN_BACK)

    def look_after(self) -> None:
        """Open sealed values, rotate the keys, open again, publish the ledger, read it."""
        opened = self.machine.type("@tests.leak.opening:main", "8", GIVEN_BACK)
        digests = {hashlib.sha256(value.encode()).hexdigest() for _, value in self.people.values}
        found = [
            line.split()[1]
            for line in opened.splitlines()
            if line.startswith(("name ", "address ", "document_number ", "iccid "))
        ]
        assert len([line for line in opened.splitlines() if line.startswith("iccid ")]) > 0
        assert len(found) >= 24
        assert set(found) <= digests
        self.machine.type("vault", "rotate")
        self.machine.type("@tests.leak.opening:main", "2", GIVEN_BACK)
        published = str(self.machine.root / "published")
        self.machine.type("ledger", "publish", published)
        self.machine.type("ledger", "verify", published)
        self._take_receipts()
        self.machine.type("backup", str(self.machine.root / "backup"))
        self.machine.type("doctor", answers=(0, 1))

    def break_off(self) -> None:
        """Kill an import while it writes, then its server, then let it end."""
        more = [
            *with_service(self.people.people(self._size // 10)),
            *without_subscriber(self.people.people(20)),
        ]
        file = self.machine.table("more.csv", more)
        with self._held_up("import", str(file), "--map", str(self._map), on="2012-03-06") as process:
            os.kill(process, signal.SIGKILL)
            assert self.machine.finish() == -signal.SIGKILL
        with self._held_up("import", str(file), "--map", str(self._map), on="2012-03-06"):
            self.machine.kill_server()
            assert self.machine.finish() in {1, 2}
        self.machine.type("import", str(file), "--map", str(self._map), on="2012-03-06", answers=(0, 1))

    def forget(self) -> None:
        """Erase what may no longer be kept."""
        assert '"tenures"' in self.machine.type("retention", "erase", "--json", on=FORGOTTEN)

    def restore(self) -> None:
        """Restore the backup from before into a new instance, and erase there what was erased here."""
        restored, kept = self.machine.root / "restored", self.machine.root / "kept"
        shutil.copytree(self.machine.data_dir / "secrets", kept)
        backup = str(self.machine.root / "backup")
        said = self.machine.type("restore", backup, "--secrets", str(kept), "--json", data_dir=restored)
        assert json.loads(said)["opening"] > 0
        self.machine.type("retention", "erase", on=FORGOTTEN, data_dir=restored)

    def _open_apps(self, apps: Apps, desk: CounterDesk) -> None:
        """Send what a browser sealed without a network; let subscribers use the portal."""
        subscriber = next(person for person in self.registered if person.document_type == "cn-resident-card")
        desk.see_document(subscriber)
        OfflineDesk(apps.browser("counter"), self.people).work(self.bare[-12:-10])
        Portal(self.machine, apps.browser("portal"), self.people).come_and_act(subscriber, self.bare[-10])

    def _take_receipts(self) -> None:
        """Print a registration's receipt in every form."""
        with self.machine.register() as owner:
            (entry,) = owner.execute(
                "SELECT max(entry_id)::text FROM ledger_entry WHERE verb = 'line:tenure:registered'"
            ).fetchone()
        self.machine.type("ledger", "receipt", "1")
        self.machine.type("ledger", "receipt", entry, "--plain")
        sheet = self.machine.said("sheet").with_suffix(".pdf")
        self.machine.type("ledger", "receipt", entry, "--pdf", str(sheet))
        # A PDF's text is compressed: its decompressed text is added, so that it is searched.
        with closing(pypdfium2.PdfDocument(sheet)) as document:
            texts = [page.get_textpage().get_text_bounded() for page in document]
        sheet.with_suffix(".txt").write_text("\n".join(texts), "utf-8")
        assert entry in "".join(texts)

    def _check_documents(self) -> None:
        """Check numbers as a clerk does at the console, good ones and bad ones: the answer repeats what was typed."""
        for person in self.people.people(2):
            for value in (person.document_number, person.name):
                words = ("documents", "check", "--type", person.document_type, value)
                self.machine.type(*words, answers=(0, 1, 2), asked_for=True)

    def _import(self, name: str, rows: object, *, encoding: str = "utf-8", by: str = MAP) -> None:
        file = self.machine.table(name, rows, encoding=encoding)
        self._map.write_text(by, "utf-8")
        # 1: some rows were refused.
        self.machine.type("import", str(file), "--map", str(self._map), on="2011-12-05", answers=(0, 1))
        self._map.write_text(MAP, "utf-8")

    @contextmanager
    def _held_up(self, *words: str, on: str) -> Iterator[int]:
        """Start a command that waits at the point where everything is written and nothing is committed."""
        with suppress(psycopg.OperationalError), self.machine.register() as owner, owner.transaction():
            owner.execute("LOCK TABLE ledger_entry IN ACCESS EXCLUSIVE MODE")
            process, _ = self.machine.start(*words, on=on)
            until(lambda: owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())
            yield process
