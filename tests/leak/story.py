# SPDX-License-Identifier: EUPL-1.2
"""One of everything that the product does, with people of whom every value is unique, and with what goes wrong.

Three ways in (import, enrolment in bulk, the counter), then openings, changes, notices, a campaign, the network, the
ledger, new keys, erasure; refused rows, refused forms, pages that are not there, crashes of a command, a server, a face.
"""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException

import psycopg

from tests.leak.browser import Answer, Browser, Faces
from tests.leak.machine import PASSWORD, Machine, until
from tests.leak.people import Inventor, Person, with_service, without_holder

TOLD, DUE, GIVEN_BACK, FORGOTTEN = "2011-12-20", "2012-03-02", "2012-03-05", "2013-03-20"
SETTINGS = f"""first_share_hours = 0
cap_per_hour = 100000
outbox_bounce_share = 0.1
trial_on = {TOLD}
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
"""
STAFF = {"manager-01": "campaign_manager", "supervisor-01": "supervisor", "clerk-01": "clerk"}


class Story:
    """Lives through all of it on one machine. `people` has every value that is searched afterwards."""

    def __init__(self, machine: Machine, *, size: int, seed: int = 20111124) -> None:
        self.machine, self.people, self._size = machine, Inventor(seed), size
        self._map = machine.own("map.toml")
        self._map.write_text(MAP, "utf-8")

    def live(self, moved: Callable[[str], None] = lambda _: None) -> None:
        """Live through all of it; `moved` is told what comes next."""
        for part in (
            self.set_up, self.import_lines, self.enrol, self.plan_and_tell, self.serve, self.act_on_batch, self.undo,
            self.look_after, self.break_off, self.forget,
        ):  # fmt: skip
            moved(part.__name__)
            part()

    def set_up(self) -> None:
        """Make the home and the accounts."""
        (self.machine.home / "home.toml").write_text(SETTINGS, "utf-8")
        self.machine.type("setup")
        self.machine.hold_servers()
        for name, role in STAFF.items():
            self.machine.type("staff", "add", name, "--role", role, on="2011-12-01", typed=PASSWORD + "\n")

    def import_lines(self) -> None:
        """Take in an export; look at one before; be refused others."""
        registered, bare = self.people.people(self._size * 4 // 10), self.people.people(self._size * 3 // 10)
        self.bare = bare
        file = self.machine.table("export.csv", [*with_service(registered), *without_holder(bare)])
        self.machine.type("import", str(file), "--propose", on="2011-12-05")
        self._import("export.csv", [*with_service(registered), *without_holder(bare)])
        self._import("export.csv", [*with_service(registered), *without_holder(bare)])
        self._import("gb18030.csv", with_service(self.people.people(6)), encoding="gb18030")
        self._import("wrong.csv", self._wrong_rows(registered))
        headless = self.machine.lines(
            "headless.csv", [",".join(row.values()) for row in with_service(registered[:3])]
        )
        self.machine.type("import", str(headless), "--map", str(self._map), on="2011-12-05", answers=(2,))
        self.machine.type("import", str(headless), "--yes", on="2011-12-05", answers=(2,))
        no_dates = [",".join(list(row.values())[5:]) for row in with_service(self.people.people(3))]
        headless = self.machine.lines("only-names.csv", no_dates)
        self.machine.type("import", str(headless), "--map", str(self._map), on="2011-12-05", answers=(2,))
        self.machine.type("import", str(headless), "--propose", on="2011-12-05", answers=(0, 2))

    def enrol(self) -> None:
        """Register people in bulk, on new numbers and on known ones; be refused others."""
        fresh, late = self.people.people(self._size * 3 // 10), self.bare[: len(self.bare) // 3]
        rows = [
            {"number": person.number, "language": person.language, **person.identity()}
            for person in fresh + late
        ]
        company, minor = self.people.people(3), self.people.people(2)
        rows.append(
            {"number": company[0].number, "kind": "company", **_firm(company[0]), "user": company[1].identity(),
             "bearer": company[2].identity(address=False)}
        )  # fmt: skip
        rows.append(
            {"number": minor[0].number, "kind": "minor", **minor[0].identity(),
             "guardian": minor[1].identity(address=False)}
        )  # fmt: skip
        self.machine.type("enrol", str(self.machine.lines("people.jsonl", rows)), on="2011-12-06")
        self.registered = fresh
        wrong = self.machine.lines("wrong.jsonl", self._wrong_registrations(fresh))
        self.machine.type("enrol", str(wrong), on="2011-12-06", answers=(1,))
        nothing = self.machine.lines("nothing.jsonl", [str(person) for person in self.people.people(3)])
        self.machine.type("enrol", str(nothing), on="2011-12-06", answers=(2,))

    def plan_and_tell(self) -> None:
        """Plan the campaign, tell everybody, take in the proof."""
        self.machine.type("campaign", "plan", on="2011-12-06")
        self.machine.type("notices", "send", on=TOLD)
        self.machine.type(
            "notices", "receipts", str(self.machine.home / "outbox" / "receipts.jsonl"), on=TOLD
        )
        nonsense = self.machine.lines(
            "receipts.jsonl", [{"reference": p.number, "outcome": p.name} for p in self.bare[:9]]
        )
        self.machine.type("notices", "receipts", str(nonsense), on=TOLD, answers=(0, 2))
        self.machine.type("campaign", "run", on=TOLD)
        self.machine.type(
            "campaign", "pause", self.bare[-1].number, "--reason", "hospital", "--to", "2012-03-10", on=TOLD
        )
        for number in (self.bare[-1].number, self.people.person().name):
            self.machine.type("explain", number, on=TOLD, answers=(0, 1, 2))
            self.machine.type("notices", "check", number, "12345678", answers=(1, 2))

    def serve(self) -> None:
        """Serve the faces and work at them; lose the server under a page; start again; lose the faces."""
        faces = Faces(self.machine)
        desk = CounterDesk(faces.browser("counter"), self.people)
        desk.work(self.bare[-8:-1])
        office = faces.browser("office")
        assert office.sign_in("supervisor-01").status == 302
        assert office.ask("GET", "/campaign/").status == 200
        assert office.submit("/line/", number=self.bare[-2].number, on=TOLD).status == 200
        assert office.submit("/line/", number=self.people.person().number, on=TOLD).status == 404
        assert (
            office.submit("/line/", number=self.people.person().name, on=self.people.person().name).status
            == 422
        )
        desk.lose_the_server(self.machine)
        faces.stop()
        self.machine.type("network", "status")
        faces = Faces(self.machine)
        desk = CounterDesk(faces.browser("counter"), self.people)
        desk.hang_up()
        faces.stop(kill=True)

    def act_on_batch(self) -> None:
        """Draw up what is due, approve it twice, carry it out, tell the network."""
        self.machine.type("campaign", "check", on=DUE)
        with self.machine.register() as owner:
            (self.batch,) = (str(one) for (one,) in owner.execute("SELECT batch_id FROM campaign_batch"))
        self.machine.type("campaign", "approve", self.batch, "--as", "manager-01", on=DUE)
        self.machine.type("campaign", "approve", self.batch, "--as", "supervisor-01", on=DUE)
        self.machine.type("campaign", "run", on=DUE)
        self.machine.type("network", "push", on=DUE)
        suspended = self.bare[len(self.bare) // 3 + 2]
        assert "[art. 3]" in self.machine.type("explain", suspended.number, on=DUE)
        self.machine.type("campaign", "complaint", suspended.number, on=DUE)

    def undo(self) -> None:
        """Give everything back."""
        self.machine.type("campaign", "undo", self.batch, on=GIVEN_BACK)
        self.machine.type("network", "push", on=GIVEN_BACK)
        self.machine.type("network", "reconcile", answers=(0, 1))
        self.machine.type("notices", "send", on=GIVEN_BACK)
        self.machine.type("campaign", "unreached", answers=(0, 1))
        self.machine.type("campaign", "status", "--json", on=GIVEN_BACK)

    def look_after(self) -> None:
        """Open what is sealed, renew the keys, open again, publish the ledger, look at it."""
        opened = self.machine.type("@tests.leak.opening:main", "8", GIVEN_BACK)
        digests = {hashlib.sha256(value.encode()).hexdigest() for _, value in self.people.values}
        found = [
            line.split()[1]
            for line in opened.splitlines()
            if line.startswith(("name ", "address ", "document_number "))
        ]
        assert len(found) == 24
        assert set(found) <= digests
        self.machine.type("vault", "rotate")
        self.machine.type("@tests.leak.opening:main", "2", GIVEN_BACK)
        published = str(self.machine.root / "published")
        self.machine.type("ledger", "publish", published)
        self.machine.type("ledger", "verify", published)
        self.machine.type("ledger", "receipt", "1")
        self.machine.type("doctor", answers=(0, 1))

    def break_off(self) -> None:
        """Kill an import in the middle of its writing, then the server under it, then let it end."""
        more = [*with_service(self.people.people(self._size // 10)), *without_holder(self.people.people(20))]
        file = self.machine.table("more.csv", more)
        with self._held_up("import", str(file), "--map", str(self._map), on="2012-03-06") as process:
            os.kill(process, signal.SIGKILL)
            assert self.machine.finish() == -signal.SIGKILL
        with self._held_up("import", str(file), "--map", str(self._map), on="2012-03-06"):
            self.machine.kill_server()
            assert self.machine.finish() in {1, 2}
        self.machine.type("import", str(file), "--map", str(self._map), on="2012-03-06")

    def forget(self) -> None:
        """Erase what may no longer be kept."""
        assert '"holdings"' in self.machine.type("erase-due", "--json", on=FORGOTTEN)

    def _import(self, name: str, rows: object, *, encoding: str = "utf-8") -> None:
        file = self.machine.table(name, rows, encoding=encoding)
        self.machine.type("import", str(file), "--map", str(self._map), on="2011-12-05")

    def _wrong_rows(self, known: list[Person]) -> list[dict[str, str]]:
        """Give rows each of which is wrong in another way."""
        rows = [*with_service(self.people.people(12))]
        rows[0]["number"] = self.people.person().name
        rows[1]["number"] = rows[2]["number"]
        rows[3]["since"] = self.people.person().name
        rows[4]["document_type"] = self.people.person().name
        rows[5]["document_number"] = self.people.person().name
        rows[6]["email"] = self.people.person().address
        rows[7]["name"] = ""
        rows[8]["language"] = self.people.person().name
        rows[9]["number"] = known[0].number
        rows[10]["document_number"] = known[1].document_number
        rows[11]["name"] = "\x00" + self.people.person().name * 100
        return rows

    def _wrong_registrations(self, known: list[Person]) -> list[object]:
        """Give registrations each of which is wrong in another way."""
        people = self.people.people(14)
        rows: list[dict] = [{"number": person.number, **person.identity()} for person in people]
        rows[0]["number"] = self.people.person().name
        rows[1][self.people.person().name] = self.people.person().address
        rows[2]["language"] = self.people.person().name
        rows[3]["kind"] = self.people.person().name
        rows[4]["document_number"] = self.people.person().name
        rows[5]["number"] = known[0].number
        rows[6] = rows[6] | {
            "document_number": known[1].document_number,
            "document_type": known[1].document_type,
        }
        rows[7]["name"] = self.people.person().name * 300
        rows[8]["name"] = [self.people.person().name]
        rows[9]["submission_key"] = self.people.person().name
        rows[10]["service"] = self.people.person().name
        rows[11]["guardian"] = people[12].identity()
        rows[12]["document_type"] = self.people.person().name
        rows[13].pop("address")
        return [
            *rows,
            [self.people.person().name],
            f"{self.people.person()}",
            '{"name": "' + self.people.person().name,
        ]

    @contextmanager
    def _held_up(self, *words: str, on: str) -> Iterator[int]:
        """Start a command that is held up where everything is written and nothing is committed yet."""
        with suppress(psycopg.OperationalError), self.machine.register() as owner, owner.transaction():
            owner.execute("LOCK TABLE ledger_entry IN ACCESS EXCLUSIVE MODE")
            process, _ = self.machine.start(*words, on=on)
            until(lambda: owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())
            yield process


class CounterDesk:
    """A clerk at the counter's pages."""

    def __init__(self, browser: Browser, people: Inventor) -> None:
        self._browser, self._people = browser, people
        assert browser.sign_in("clerk-01").status == 302

    def work(self, lines: list[Person]) -> None:
        """Do each deed once for people who come, then everything that is refused. `lines` have no holder yet."""
        anna, berta, chen, dolma = self._people.people(4)
        self._do("/register/", lines[0], anna)
        self._do("/change/", lines[0], anna, holder__name=self._people.person().name)
        renewed = self._people.person()
        self._do(
            "/change/", lines[0], renewed, former__document_type=anna.document_type,
            former__document_number=anna.document_number,
        )  # fmt: skip
        self._do("/install/", berta, berta, service="fixed_line")
        self._do("/relocate/", berta, berta, holder__address=self._people.person().address)
        self._do("/transfer/", lines[0], chen)
        self._do("/register/", lines[1], dolma)
        shown = {"document_type": dolma.document_type, "document_number": dolma.document_number}
        self._done(self._browser.submit("/replace-sim/", number=lines[1].number, **shown))
        self._done(self._browser.submit("/end/", number=lines[1].number, **shown))
        pause = {"reason": "hospital", "first": TOLD, "last": ""}
        self._done(self._browser.submit("/pause/", number=lines[2].number, **pause))
        self._done(self._browser.submit("/dispute/", number=lines[3].number))
        assert "rk-answer" in self._browser.submit("/", number=lines[0].number).text
        self._company(), self._minor()
        self._be_refused(lines)
        self._lose_the_way(lines)

    def lose_the_server(self, machine: Machine) -> None:
        """Send a registration while the register's PostgreSQL is killed with kill -9."""
        person = self._people.person()
        page = self._browser.ask("GET", "/register/")
        machine.kill_server()
        fields = page.hidden | _form(person, person)
        assert self._browser.ask("POST", f"/register/?name={person.name}", fields=fields).status == 500
        assert self._browser.ask("GET", f"/{self._people.person().number}/").status in {404, 500}

    def hang_up(self) -> None:
        """Send files, which no form asks for, whole and broken off."""
        for size, cut in ((1000, 0), (4_000_000, 0), (4_000_000, 1_000_000)):
            person, border = self._people.person(), b"border"
            page = self._browser.ask("GET", "/register/")
            values = f"{person.name}\n{person.address}\n{person.number}\n{person.document_number}\n".encode()
            body = b"".join(
                b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (border, *part)
                for part in (
                    (b"csrfmiddlewaretoken", b"", page.hidden["csrfmiddlewaretoken"].encode()),
                    (b"file", b'; filename="' + person.name.encode() + b'.txt"', values * (size // len(values))),
                    (b"number", b"", person.number.encode()),
                )
            ) + b"--border--\r\n"  # fmt: skip
            headers = {
                "Content-Type": "multipart/form-data; boundary=border",
                "Content-Length": str(len(body)),
            }
            with suppress(TimeoutError, HTTPException):
                self._browser.ask(
                    "POST",
                    "/register/",
                    body=body[: len(body) - cut],
                    headers=headers,
                    patience_s=20 if not cut else 1,
                )

    def _do(self, path: str, line: Person, person: Person, **changes: str) -> None:
        self._done(self._browser.submit(path, **_form(line, person) | changes))

    def _done(self, answer: Answer) -> None:
        assert answer.status == 302, answer.status
        assert answer.location.startswith("/receipt/")
        assert self._browser.ask("GET", answer.location).status == 200

    def _company(self) -> None:
        firm, user, bearer = self._people.people(3)
        parts = (
            _part("holder", _firm(firm))
            | _part("user", user.identity())
            | _part("bearer", bearer.identity(address=False))
        )
        self._done(
            self._browser.submit(
                "/register/?kind=company", number=firm.number, looked_twice="on", language="en", **parts
            )
        )

    def _minor(self) -> None:
        child, parent = self._people.people(2)
        parts = _part("holder", child.identity()) | _part("guardian", parent.identity(address=False))
        self._done(
            self._browser.submit(
                "/register/?kind=minor", number=child.number, looked_twice="on", language="bo", **parts
            )
        )

    def _be_refused(self, lines: list[Person]) -> None:
        """Fill in forms wrongly, each in another way, with and without htmx."""
        for htmx in (False, True):
            a, b = self._people.people(2)
            wrong: list[tuple[str, dict[str, str]]] = [
                ("/register/", _form(lines[0], a)),
                ("/register/", _form(a, a) | {"number": b.name}),
                ("/register/", _form(a, a) | {"holder__document_number": b.address}),
                ("/register/", _form(a, a) | {"holder__document_type": b.name, "language": b.address}),
                ("/register/", _form(a, a) | {"holder__name": "", "holder__document_state": b.name}),
                ("/register/", _form(a, a) | {"holder__name": "\x00" + b.name}),
                ("/register/", _form(a, a) | {"holder__name": b.name * 300}),
                ("/register/", _form(a, a) | {"submission_key": b.name}),
                ("/transfer/", _form(a, b)),
                ("/change/", _form(lines[0], b)),
                ("/end/", {"number": lines[0].number, "document_type": b.document_type, "document_number": b.document_number}),
                ("/pause/", {"number": a.number, "reason": b.name, "first": b.address, "last": b.number}),
                ("/dispute/", {"number": a.number}),
            ]  # fmt: skip
            for path, fields in wrong:
                answer = self._browser.submit(path, htmx=htmx, **fields)
                assert answer.status == (200 if htmx else 422), (path, htmx, answer.status)
            assert self._browser.submit("/", htmx=htmx, number=b.name).status == 200
            assert self._browser.submit("/", htmx=htmx, number=b.number).status == 200

    def _lose_the_way(self, lines: list[Person]) -> None:
        """Ask for pages that are not there or not allowed, with values wherever a request has room for them."""
        a, b, c = self._people.people(3)
        fields = _form(a, a)
        for accept in ("text/html", "application/json"):
            asked = {
                "Accept": accept,
                "User-Agent": c.name.encode().hex(),
                "Referer": f"http://127.0.0.1/{c.number}",
            }
            assert self._browser.ask("GET", f"/{b.number}/?name={b.name}", headers=asked).status == 404
            assert self._browser.ask("GET", f"/receipt/{b.name}/?{b.email}", headers=asked).status == 404
            assert (
                self._browser.ask("POST", f"/register/?name={b.name}", fields=fields, headers=asked).status
                == 403
            )
            assert self._browser.ask("PUT", "/register/", fields=fields, headers=asked).status in {403, 405}
            host = {"Host": f"{a.reference}.{a.email.partition('@')[2]}"}
            assert self._browser.ask("GET", f"/{a.number}", headers=asked | host).status == 400
            large = {"number": b.address * 100_000}
            assert self._browser.ask("POST", "/", fields=large, headers=asked).status in {400, 403, 413}
        stranger = Browser(self._browser._machine, self._browser._port)
        assert stranger.sign_in(a.name, b.number).status == 200
        assert stranger.ask("GET", f"/register/?name={b.name}", keep=False).status == 302
        self._browser.ask("GET", f"/register/?kind={b.name}")


def _form(line: Person, person: Person) -> dict[str, str]:
    return {
        "number": line.number,
        "language": person.language,
        "looked_twice": "on",
        **_part("holder", person.identity()),
    }


def _part(name: str, values: dict[str, str]) -> dict[str, str]:
    return {f"{name}__{attribute}": value for attribute, value in values.items()}


def _firm(person: Person) -> dict[str, str]:
    return person.identity() | {"document_type": "other"}
