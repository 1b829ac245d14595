# SPDX-License-Identifier: EUPL-1.2
"""A clerk who does each action once on the counter's pages, and makes each possible mistake."""

import io
import re
import warnings
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

from urllib3 import encode_multipart_formdata

from rollkeeper.documents.specimens import Kind, make_specimen
from rollkeeper.documents.specimens.people import invent
from tests.documents.conftest import FONTS
from tests.leak.browser import Answer, Browser
from tests.leak.machine import Machine
from tests.leak.people import Inventor, Person, firm

SPECIMEN_SEED = 11
NOTIFIED = "2011-12-20"
"""The day on which the machine believes itself to be."""


class CounterDesk:
    """A clerk at the counter's pages."""

    def __init__(self, browser: Browser, people: Inventor) -> None:
        self._browser, self._people = browser, people
        assert browser.sign_in("clerk-01").status == 302

    def see_document(self, line: Person) -> None:
        """Check the document of a subscriber whose record came from a file."""
        self._do("/change/", line, line)

    def work(self, lines: list[Person]) -> None:
        """Do each action once for people who come, then each action that is refused. `lines` have no subscriber yet."""
        anna, berta, chen, dolma = self._people.people(4)
        self._do("/register/", lines[0], anna)
        self._do("/change/", lines[0], anna, subscriber__name=self._people.person().name)
        renewed = self._people.person()
        self._do(
            "/change/", lines[0], renewed, former__document_type=anna.document_type,
            former__document_state=anna.document_state, former__document_number=anna.document_number,
        )  # fmt: skip
        self._do("/install/", berta, berta, service="fixed_line")
        self._do("/relocate/", berta, berta, subscriber__address=self._people.person().address)
        self._do(
            "/transfer/", lines[0], chen, transferor__document_type=renewed.document_type,
            transferor__document_state=renewed.document_state, transferor__document_number=renewed.document_number, confirmed="on",
        )  # fmt: skip
        self._do("/register/", lines[1], dolma)
        shown = {
            "document_type": dolma.document_type,
            "document_state": dolma.document_state,
            "document_number": dolma.document_number,
        }
        for _ in range(2):
            another = self._people.person()
            sim = {"iccid": another.iccid, "imsi": another.imsi}
            self._done(self._browser.submit("/replace-sim/", number=lines[1].number, **shown, **sim))
        wrong = self._people.person()
        for sim in ({"iccid": wrong.name, "imsi": wrong.imsi}, {"iccid": wrong.iccid, "imsi": wrong.address}):
            assert self._browser.submit("/replace-sim/", number=lines[1].number, **shown, **sim).status == 422
        self._done(self._browser.submit("/terminate/", number=lines[1].number, confirmed="on", **shown))
        pause = {"reason": "hospital", "first": NOTIFIED, "last": ""}
        self._done(self._browser.submit("/pause/", number=lines[2].number, **pause))
        self._done(self._browser.submit("/dispute/", number=lines[3].number))
        assert "rk-line__name" in self._browser.submit("/", number=lines[0].number).text
        self._company(), self._minor()
        if all((Path("/usr/share/fonts") / name).exists() for name in FONTS):
            self._read_picture()
        else:
            warnings.warn("No fonts for specimens: no picture of a document is searched for.", stacklevel=1)
        self._be_refused(lines)
        self._lose_the_way(lines)

    def lose_the_server(self, machine: Machine) -> None:
        """Send a registration while the register's PostgreSQL is killed with kill -9."""
        person = self._people.person()
        page = self._browser.ask("GET", "/register/")
        machine.kill_server()
        fields = page.hidden | _form(person, person)
        assert self._browser.ask("POST", f"/register/?name={person.name}", fields=fields).status == 503
        assert self._browser.ask("GET", f"/{self._people.person().number}/").status in {404, 503}

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
            with suppress(TimeoutError, ConnectionError, HTTPException):
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
        company, user, bearer = self._people.people(3)
        parts = (
            _part("subscriber", firm(company))
            | _part("user", user.identity())
            | _part("bearer", bearer.identity(address=False))
        )
        self._done(
            self._browser.submit(
                "/register/?kind=company", number=company.number, double_checked="on", language="en", **parts
            )
        )

    def _minor(self) -> None:
        child, parent = self._people.people(2)
        parts = _part("subscriber", child.identity()) | _part("guardian", parent.identity(address=False))
        self._done(
            self._browser.submit(
                "/register/?kind=minor", number=child.number, double_checked="on", language="bo", **parts
            )
        )

    def _read_picture(self) -> None:
        """Read a document from its picture and keep its copy; also try to read a picture of no document.

        What the page answers is the form filled in: the clerk's own, of which only the head is searched.
        """
        line, shown = self._people.person(), invent(SPECIMEN_SEED)
        name = f"{shown.surname} {shown.given}"
        self._people.values += [("name", name), ("document number", shown.number)]
        picture = io.BytesIO()
        make_specimen(Kind.PASSPORT, seed=SPECIMEN_SEED).image.save(picture, "JPEG", quality=85)
        answer = self._send_picture(picture.getvalue())
        assert answer.status == 200
        filled = dict(
            re.findall(r'<input type="hidden" name="(subscriber__\w+)" value="([^"]+)"', answer.text)
        )
        assert filled["subscriber__copy"]
        fields = _form(line, line) | {
            "subscriber__document_type": "passport",
            "subscriber__document_state": "UTO",
            "subscriber__document_number": shown.number,
        }
        self._done(self._browser.submit("/register/", **fields | {"subscriber__name": name} | filled))
        assert self._send_picture(self._people.person().name.encode() * 999).status == 200

    def _send_picture(self, picture: bytes) -> Answer:
        csrf = self._browser.ask("GET", "/register/").hidden["csrfmiddlewaretoken"]
        body, form = encode_multipart_formdata(
            {
                "csrfmiddlewaretoken": csrf,
                "service": "mobile",
                "picture": ("passport.jpg", picture, "image/jpeg"),
            }
        )
        headers = {"Content-Type": form, "Content-Length": str(len(body)), "HX-Request": "true"}
        return self._browser.ask(
            "POST", "/register/read/subscriber/", body=body, headers=headers, asked_for=True
        )

    def _be_refused(self, lines: list[Person]) -> None:
        """Fill in forms wrongly, each in another way, with and without htmx."""
        for htmx in (False, True):
            a, b = self._people.people(2)
            wrong: list[tuple[str, dict[str, str]]] = [
                ("/register/", _form(lines[0], a)),
                ("/register/", _form(a, a) | {"number": b.name}),
                ("/register/", _form(a, a) | {"subscriber__document_number": b.address}),
                ("/register/", _form(a, a) | {"subscriber__document_type": b.name, "language": b.address}),
                ("/register/", _form(a, a) | {"subscriber__name": "", "subscriber__document_state": b.name}),
                ("/register/", _form(a, a) | {"subscriber__name": "\x00" + b.name}),
                ("/register/", _form(a, a) | {"subscriber__name": b.name * 300}),
                ("/register/", _form(a, a) | {"submission_key": b.name}),
                ("/transfer/", _form(a, b) | {"confirmed": "on"}),
                ("/change/", _form(lines[0], b)),
                ("/terminate/", {"number": lines[0].number, "document_type": b.document_type, "document_state": b.document_state, "document_number": b.document_number, "confirmed": "on"}),
                ("/pause/", {"number": a.number, "reason": b.name, "first": b.address, "last": b.number}),
                ("/dispute/", {"number": a.number}),
            ]  # fmt: skip
            for path, fields in wrong:
                answer = self._browser.submit(path, htmx=htmx, **fields)
                assert answer.status == (200 if htmx else 422), (path, htmx, answer.status)
            assert self._browser.submit("/", htmx=htmx, number=b.name).status == 200
            assert self._browser.submit("/", htmx=htmx, number=b.number).status == 200

    def _lose_the_way(self, lines: list[Person]) -> None:
        """Request pages that do not exist or are not allowed, with personal values in every part of a request."""
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
            with suppress(ConnectionError):  # it may hang up before it has read all of that
                large = {"number": b.address * 30_000}
                assert self._browser.ask("POST", "/", fields=large, headers=asked).status in {400, 403, 413}
        stranger = Browser(self._browser._machine, self._browser._port)
        assert stranger.sign_in(a.name, b.number).status == 200
        assert stranger.ask("GET", f"/register/?name={b.name}").status == 302
        self._browser.ask("GET", f"/register/?kind={b.name}")


def _form(line: Person, person: Person) -> dict[str, str]:
    return {
        "number": line.number,
        "language": person.language,
        "double_checked": "on",
        **_part("subscriber", person.identity() | person.line()),
    }


def _part(name: str, values: dict[str, str]) -> dict[str, str]:
    state = {"document_state": "NPL"} if values.get("document_type") == "passport" else {}
    return {f"{name}__{attribute}": value for attribute, value in (values | state).items()}
