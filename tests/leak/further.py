# SPDX-License-Identifier: EUPL-1.2
"""The other ways in and out: what a browser sealed without a network, the subscriber portal, a disclosure request, agents, an incident.

Apart from the story, which lives through a campaign: each of these is done once, and wrongly as well, with separate values.
"""

import base64
import json
import mailbox
import re
from hashlib import sha256
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import pyrage

from rollkeeper.notices.verp import return_address
from rollkeeper.vault import wire
from tests.disclosures.lawful import write_pack
from tests.leak.browser import Answer, Browser
from tests.leak.machine import PASSWORD, Machine, until
from tests.leak.people import Inventor, Person

AGENT, PLACE = "agent-017", "lhasa-03"
MAILBOX = "reports@operator.example"
_PADDED_TO_BYTES = 4096


class OfflineDesk:
    """A counter that had no network: it sends what its browser sealed, and asks for the result."""

    def __init__(self, browser: Browser, people: Inventor) -> None:
        self._browser, self._people = browser, people
        assert browser.sign_in("clerk-01").status == 302
        assert browser.ask("GET", "/register/").status == 200

    def work(self, lines: list[Person]) -> None:
        """Register a person, get a refusal, submit an unreadable and an invalid registration."""
        anna, berta, chen = self._people.people(3)
        given = json.loads(self._post("/offline/ticket/", {}).text)
        self._hand_in(given, "done", _filled(lines[0], anna))
        self._hand_in(
            given, "refused-0", _filled(lines[1], berta) | {"subscriber__document_number": chen.name}
        )
        self._hand_in(given, "refused-1", _filled(lines[1], chen), ticket=str(uuid4()))
        self._hand_in(given, "refused-2", _filled(lines[1], chen), action_kind=self._people.person().name)
        wrong = {
            "key": chen.name,
            "ticket": self._people.person().number,
            "sealed": self._people.person().address,
        }
        assert self._post("/offline/submissions/", wrong).status in {400, 422}
        keys = {_key(name): name for name in ("done", "refused-0", "refused-1", "refused-2")}
        came: dict[str, str] = {}

        def heard() -> bool:
            answer = json.loads(self._post("/offline/outcomes/", {"keys": list(keys)}).text)
            came.update({one["key"]: one["outcome"] for one in answer["submissions"] if one["outcome"]})
            return came.keys() == keys.keys()

        until(heard, seconds=60)
        assert all(keys[key].split("-")[0] == outcome for key, outcome in came.items()), came

    def _hand_in(
        self,
        given: dict,
        name: str,
        fields: dict[str, str],
        *,
        action_kind: str = "register",
        ticket: str | None = None,
    ) -> None:
        """Seal a filled-in form as the page's script does, and send it; bound to another ticket it does not open."""
        key, ticket = _key(name), ticket or given["ticket"]
        clear = {
            "v": 1,
            "action_kind": action_kind,
            "kind": "individual",
            "fields": fields,
            "elapsed_ms": 0,
            "clock": "monotonic",
        }
        (sealed,) = wire.PublicSealer(given["key"], base64.b64decode(given["half"])).seal(
            [wire.pad(json.dumps(clear).encode(), to_bytes=_PADDED_TO_BYTES)],
            contexts=[wire.offline_context(key, UUID(ticket).bytes)],
        )
        said = {"key": key, "ticket": given["ticket"], "sealed": base64.b64encode(sealed).decode()}
        assert self._post("/offline/submissions/", said).status == 200

    def _post(self, path: str, said: dict) -> Answer:
        token = self._browser.cookies["rollkeeper_counter_csrf"]
        return self._browser.ask(
            "POST", path, body=json.dumps(said).encode(),
            headers={"Content-Type": "application/json", "X-CSRFToken": token},
        )  # fmt: skip


class Portal:
    """Subscribers in the portal, each with their telephone. A page about the requester is no leak."""

    def __init__(self, machine: Machine, browser: Browser, people: Inventor) -> None:
        self._machine, self._browser, self._people = machine, browser, people

    def come_and_act(self, subscriber: Person, unregistered: Person) -> None:
        """View everything, download it, contest, name a person; register remotely; be refused at each step."""
        self._be_nobody()
        self._come_in(subscriber)
        wrong = self._people.person()
        assert self._prove(wrong).status == 422
        assert self._prove(subscriber).status == 302
        for page in (
            "/lines/",
            "/personal-data/",
            "/access-history/",
            "/receipts/",
            "/do/pause/",
            "/do/correct/",
            "/do/add-delegate/",
            "/do/terminate/",
        ):
            assert self._browser.ask("GET", page).status == 200, page
        assert subscriber.name in self._submit("/personal-data/", asked_for=True).text
        assert (
            subscriber.document_number in self._submit("/export/", of="/personal-data/", asked_for=True).text
        )
        asked = re.search(r"/do/correct/\?line=\w+", self._browser.ask("GET", "/lines/").text)[0]
        line = re.search(r'name="line" value="([0-9a-f-]{36})"', self._browser.ask("GET", asked).text)[1]
        heir = self._people.person()
        named = {
            "part": "heir", "document_type": heir.document_type, "document_number": heir.document_number,
            "document_state": "NPL",
        }  # fmt: skip
        for what, fields in (
            ("pause", {"reason": "hospital", "first": "2011-12-21", "last": ""}), ("correct", {"about": "name"}),
            ("add-delegate", named), ("dispute", {"about": "dispute_record_wrong"}),
        ):  # fmt: skip
            answer = self._submit(f"/do/{what}/", line=line, **fields)
            assert answer.status == 302, (what, answer.status)
        for what, fields in (
            ("pause", {"reason": wrong.name, "first": wrong.number}),
            ("add-delegate", {"part": wrong.name}),
        ):
            assert self._submit(f"/do/{what}/", line=line, **fields).status == 422
        assert self._submit("/sign-out/", of="/lines/").status == 302
        self._register(unregistered)

    def _register(self, line: Person) -> None:
        """Register the line in the hand remotely, once wrongly."""
        self._come_in(line)
        person = self._people.person()
        given = {
            "name": person.name, "address": person.address, "document_type": person.document_type,
            "document_state": person.document_state, "document_number": person.document_number,
            "confirmed": "on", "double_checked": "on",
            "iccid": person.iccid, "installation_address": person.installation_address,
        }  # fmt: skip
        assert (
            self._submit("/register/", **given | {"name": "", "document_number": person.name}).status == 422
        )
        assert self._submit("/register/", **given).status == 302

    def _be_nobody(self) -> None:
        """Request codes for invalid numbers, and pages that do not exist, with personal values in every part of a request."""
        a, b = self._people.people(2)
        for number in (a.number, a.name, b.address * 300):
            assert self._submit("/", number=number).status in {200, 422}
        assert self._submit("/", of="/", code=b.name, code_request=b.number).status in {200, 422}
        for method, path in (
            ("GET", f"/{a.number}/?name={a.name}"),
            ("POST", f"/code/?{b.name}"),
            ("GET", f"/lines/?{b.email}"),
        ):
            fields = {"code": b.name, "number": b.number} if method == "POST" else None
            assert self._browser.ask(method, path, fields=fields).status in {302, 403, 404}

    def _come_in(self, person: Person) -> None:
        outbox = self._machine.data_dir / "outbox" / "messages.jsonl"
        before = outbox.stat().st_size
        page = self._submit("/", number=person.number)
        code_request = re.search(r'name="code_request" value="([0-9a-f-]{36})"', page.text)[1]
        until(lambda: outbox.stat().st_size > before, seconds=30)
        with outbox.open("rb") as messages:
            messages.seek(before)
            code = re.search(r"\b(\d{8})\b", json.loads(messages.readline())["text"])[1]
        hidden = {**page.hidden, "code_request": code_request}
        assert self._browser.ask("POST", "/code/", fields=hidden | {"code": "12345678"}).status == 422
        assert self._browser.ask("POST", "/code/", fields=hidden | {"code": code}).status == 302

    def _prove(self, person: Person) -> Answer:
        return self._submit(
            "/verify/", document_type=person.document_type, document_state=person.document_state,
            document_number=person.document_number, name=person.name,
        )  # fmt: skip

    def _submit(self, path: str, *, of: str = "", asked_for: bool = False, **fields: str) -> Answer:
        page = self._browser.ask("GET", of or path)
        hidden = {
            name: value
            for name, value in page.hidden.items()
            if name in {"csrfmiddlewaretoken", "key", "code_request"}
        }
        return self._browser.ask("POST", path, fields=hidden | fields, asked_for=asked_for)


def answer_disclosure(machine: Machine, about: Person, people: Inventor, *, on: str) -> None:
    """Enter a court's request with a scan that names the person often; decide, answer, deliver; refuse another."""
    folder = machine.inputs
    key, other = pyrage.x25519.Identity.generate(), people.person()
    public = str(key.to_public())
    write_pack(machine.own("lawful.yaml").parent)
    with machine.setting(f'[instance]\npack = "{folder / "lawful.yaml"}"'):
        said = machine.type(
            "disclosures", "propose-authority", "Invented Court", "--as", "supervisor-01", "--kind", "court", "--key", public,
            "--until", "2012-12-31", on=on, typed=f"{PASSWORD}\n",
        )  # fmt: skip
        court, finger = said.split(":")[0], sha256(public.encode()).hexdigest()
        machine.type(
            "disclosures",
            "approve-authority",
            court,
            "--as",
            "officer-01",
            on=on,
            typed=f"{PASSWORD}\n{finger}\n",
        )
        held = ("--held-on", "2012-03-02")
        disclosure, refused = (_entered(machine, one, court, *held, on=on) for one in (about, other))
        read = machine.own("read.pdf")
        machine.type(
            "disclosures",
            "document",
            disclosure,
            str(read),
            "--as",
            "officer-01",
            on=on,
            typed=f"{PASSWORD}\n",
        )
        for name in ("supervisor-01", "officer-01"):
            approve = ("disclosures", "approve", disclosure, "--as", name, *held)
            machine.type(*approve, on=on, typed=f"{PASSWORD}\n{other.number}\n", answers=(1, 2))
            machine.type(*approve, on=on, typed=f"{PASSWORD}\n{about.number}\n")
        sealed = machine.root / "answer.age"  # to a key that lies nowhere here
        machine.type(
            "disclosures", "answer", disclosure, str(sealed), "--as", "officer-01", "--second", "supervisor-01", *held, on=on,
            typed=f"{PASSWORD}\n{PASSWORD}\n{about.number}\n",
        )  # fmt: skip
        assert json.loads(pyrage.decrypt(sealed.read_bytes(), [key]))["fields"] == {"name": about.name}
        machine.type(
            "disclosures", "delivered", disclosure, "--as", "officer-01", on=on, typed=f"{PASSWORD}\n"
        )
        machine.type(
            "disclosures", "refuse", refused, "--as", "officer-01", "--because", "not_genuine", on=on, typed=f"{PASSWORD}\n",
            answers=(0, 1, 2),
        )  # fmt: skip
        for words in (("list", "--json"), ("run",), ("count", "2012"), ("authorities",)):
            machine.type("disclosures", *words, on=on if words == ("run",) else None, answers=(0, 1))


def _entered(machine: Machine, about: Person, court: str, *held: str, on: str) -> str:
    """Enter a disclosure request whose instrument names the person many times. Return its reference."""
    scan = machine.own(f"{about.reference}.pdf")
    scan.write_text(f"%PDF-1.4 {about.name} {about.number} {about.address}", "utf-8")
    return machine.type(
        "disclosures", "enter", str(scan), "--as", "clerk-01", "--authority", court, "--instrument", "warrant", "--field",
        "name", *held, "--expires", "2012-06-30", on=on, typed=f"{PASSWORD}\n2012 no. {about.reference}\n{about.number}\n",
    ).split(":")[0]  # fmt: skip


def employ_agent(machine: Machine, people: Inventor, *, on: str) -> None:
    """Approve an agent with evidence that names people, add a clerk, audit, suspend, list."""
    machine.type("agents", "add", AGENT, "--daily-limit", "40", on=on)
    listed = json.loads(machine.type("agents", "requirements", "--json"))
    for requirement in (one["requirement"] for one in listed):
        paper = machine.lines(f"{requirement}.pdf", [str(people.person())])
        machine.type("agents", "evidence", AGENT, requirement, str(paper), on=on)
    machine.type("agents", "approve", AGENT, on=on)
    machine.type("agents", "add-outlet", AGENT, PLACE, "--hours", "mon-sat 09:30-18:30", on=on)
    machine.type("agents", "assign", "clerk-01", AGENT, PLACE, on=on)
    machine.type("agents", "run", on=on)
    machine.type("agents", "show", AGENT)
    machine.type("agents", "suspend", AGENT, "--because", "fraud", on=on)
    machine.type("agents", "add", people.person().name, on=on, answers=(1, 2))


def handle_incident(machine: Machine, *, on: str) -> None:
    """Find whom an account exposed, tell them, report, close."""
    machine.type(
        "incidents",
        "open",
        "--about",
        "account",
        "--account",
        "supervisor-01",
        "--since",
        "2011-12-01T08:00",
        on=on,
    )
    (opened,) = json.loads(machine.type("incidents", "status", "--json", on=on, answers=(0, 1)))
    incident = opened["incident_id"]
    assert json.loads(machine.type("incidents", "scope", incident, "--json", on=on))
    machine.type("incidents", "scope", incident, "--references", on=on)
    machine.type("incidents", "remedy", incident, "sign_out_everyone", on=on)
    machine.type("incidents", "notify", incident, "--send", on=on)
    machine.type("notices", "send", on=on)
    machine.type("incidents", "report", incident, "--sent", on=on)
    machine.type("incidents", "close", incident, on=on, answers=(0, 1))


def give_evidence(machine: Machine, *, on: str) -> None:
    """Write a quarter's figures for the authority, and count them again."""
    made = str(machine.root / "evidence")
    machine.type("ledger", "publish")
    machine.type("reports", "make", "--from", "2011-10-01", "--to", "2011-12-31", made, on=on)
    machine.type("ledger", "publish")
    machine.type("reports", "verify", made)


def take_mail_reports(machine: Machine, notified: list[Person], people: Inventor, *, on: str) -> None:
    """Read what mail servers report: bounces and answers that name the addresses to which notices went."""
    with machine.register() as owner:
        attempts = owner.execute(
            "SELECT attempt_id FROM notices_attempt WHERE channel = 'email' LIMIT 2"
        ).fetchall()
    assert attempts
    box = mailbox.Maildir(machine.own_folder("Maildir"))
    secret = base64.b64decode((machine.data_dir / "secrets" / "bounces.key").read_text("ascii"))
    for (attempt,), person in zip(attempts, notified, strict=True):
        box.add(_report(return_address(MAILBOX, attempt_id=attempt, secret=secret), person))
    box.add(_report(people.person().email, people.person()))
    with machine.setting(f'[notices]\nbounce_mailbox = "{MAILBOX}"'):
        said = machine.type("notices", "collect", "--mail", str(machine.inputs / "Maildir"), "--json", on=on)
    intake = json.loads(said)["intake"]
    assert intake["bounced"] + intake["repeated"] == 2


def _report(to: str, person: Person) -> bytes:
    return (
        f"From: MAILER-DAEMON@mail.example\r\nTo: {to}\r\nSubject: {person.name}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{person.name} <{person.email}> {person.number}: no such mailbox\r\n--b\r\n"
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; {person.email}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()


def _key(name: str) -> str:
    return str(uuid5(NAMESPACE_OID, name))


def _filled(line: Person, person: Person) -> dict[str, str]:
    values = person.identity() | person.line() | {"document_state": person.document_state}
    held = {f"subscriber__{name}": value for name, value in values.items()}
    return {"number": line.number, "language": person.language, "double_checked": "on"} | held
