# SPDX-License-Identifier: EUPL-1.2
"""Screens of every page in three languages at 320 and 1440, light and dark, and one contact sheet an app: `make screens`.

They are made from a fresh demo instance, for people to look at; nothing is compared. `make screens ONLY="counter --language bo"`
makes a part. A sheet shows all pictures of its app that lie in build/screens, a row a page, whichever run made them.
"""

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.journeys.conftest import Demo, Visitor, answer_last_questions
from tests.journeys.test_counter_offline import wait_until_kept
from tests.journeys.test_portal_in_a_browser import come_in, prove
from tests.operations.test_process_supervisor import COMMAND, free_ports, started
from tests.settings_files import change_settings

OUT = Path(__file__).parents[1] / "build" / "screens"
LANGUAGES, SCHEMES, WIDTHS = ("en", "zh-hans", "bo"), ("light", "dark"), (1440, 320)
THUMBNAIL, TALLEST, GAP = {1440: 300, 320: 110}, 420, 8
LINES = 300
# A link in a chart has no plain `href`.
ABSOLUTE = "all => all.map(one => new URL(one.getAttribute('href'), document.baseURI).href)"
# A page is found once, by its address without what names one row. Files and what ends the visit are no pages.
NAMES_A_ROW = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-Q?\d[\d-]*|(?<=agents/)[^/]+|(?<=receipts/)[^/]+|(?<=documentation/docs/).+"
)
NO_PAGE = re.compile(
    r"ledger|logout|sign-out|setlang|\.(csv|pdf|json|js)$|/(pdf|text|instrument)/$|/report/.."
)
DEEPEST = 3
COPIED = {
    "number": "+8613908000009", "document_type": "cn-resident-card", "document_number": "000000199001010018", "name": "Invented Person",
}  # fmt: skip
"""The subscriber whom `tests/builders/stricter_law.py` registers."""
CHANGE = "import django, sys; django.setup(); from tests.builders.{law}_law import main; main(sys.argv[1])"
COMPANIES = "号码,客户类型,单位名称,单位地址,统一社会信用代码,经办人,经办人证件号码,经办人证件类型,使用人姓名,用户状态,入网日期,民族\n" + "".join(
    f"1390893{i:04},集团客户,虚构贸易{i}号,拉萨市虚构路{i}号,91350211MA000100Y3,次仁,X{i:07},护照,虚构,正常,2009-05-{i + 1:02},藏\n" for i in range(12)
)  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """One kind of visitor of an app: how they come in, and where they begin."""

    app: str
    name: str
    first: tuple[str, ...] = ("/",)
    enter: Callable[[Visitor, str, str], None] | None = None
    states: Callable[[Visitor, str], Iterator[str]] | None = None
    """Brings the page into one state after the other, and gives the name of each."""
    law: str = ""
    """The demo has another law: `stricter` or `reducing`, see `tests/builders/stricter_law.py` and its neighbour."""


def staff(visitor: Visitor, role: str, origin: str) -> None:
    """Sign in as a member of staff."""
    visitor.sign_in(role, at=origin)


def subscriber(visitor: Visitor, name: str, origin: str) -> None:
    """Come in by a code, and with the document where the name says so."""
    one = json.loads((visitor.demo.data_dir / "demo-subscriber.json").read_text("utf-8"))
    come_in(visitor, one)
    if name == "proved":
        prove(visitor, one)


def at_counter(visitor: Visitor, origin: str) -> Iterator[str]:
    """Find a line, forget the entries of a form, and lose the network."""
    page = visitor.page
    page.goto(origin + "/")
    known = json.loads((visitor.demo.data_dir / "demo-subscriber.json").read_text("utf-8"))
    page.fill("#id_number", known["suspended"] or known["number"])
    page.locator("main form button").first.click()
    page.wait_for_selector("#answer-title")
    yield "found"
    page.goto(origin + "/register/")
    company = page.locator("main a[href*=company]").first.get_attribute("href") or ""
    page.locator("main form button.govuk-button").last.click()
    yield "errors"
    page.goto(origin + "/register/" + company.removeprefix("/register/"))
    yield "company"
    wait_until_kept(page)
    page.context.set_offline(True)
    page.goto(origin + "/register/")
    yield "offline"
    page.context.set_offline(False)


def unfold(page: Page) -> None:
    """Open what is folded."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")


def handing_in(visitor: Visitor, origin: str) -> Iterator[str]:
    """Hand in a file of companies, count it, and destroy it."""
    page, file = visitor.page, {"name": "lines.csv", "mimeType": "text/csv", "buffer": COMPANIES.encode()}
    page.goto(origin + "/imports/")
    page.locator("main form button").first.click()
    yield "import-no-file"
    page.set_input_files("#id_file", file)
    page.locator("main form button").first.click()
    visitor.demo.type("worker", "--once")
    page.reload()
    yield "import-companies"
    if page.locator("#service").count():
        page.select_option("#service", "mobile")
    page.locator("button[value=count]").click()
    visitor.demo.type("worker", "--once")
    page.reload()
    unfold(page)
    yield "import-counted"
    page.locator("button[value=discard]").click()
    visitor.demo.type("worker", "--once")
    page.reload()
    yield "import-destroyed"


def at_stricter_counter(visitor: Visitor, origin: str) -> Iterator[str]:
    """Open the forms of a person and of a company, and submit them empty."""
    page = visitor.page
    for kind in ("individual", "company"):
        page.goto(f"{origin}/register/?kind={kind}")
        unfold(page)
        yield kind
        page.locator("form[data-offline] button[type=submit]:not(.rk-read)").click()
        page.wait_for_selector(".govuk-error-summary")
        yield f"{kind}-errors"


def in_law(visitor: Visitor, origin: str) -> Iterator[str]:
    """Unfold the page of the law."""
    visitor.page.goto(origin + "/law/")
    unfold(visitor.page)
    yield "law"


def with_copy(visitor: Visitor, origin: str) -> Iterator[str]:
    """Look at what is held, and show it once."""
    page = visitor.page
    page.goto(origin + "/personal-data/")
    yield "held"
    page.locator("main form[action$='/personal-data/'] button").click()
    yield "held-in-clear"


def applying(visitor: Visitor, origin: str) -> Iterator[str]:
    """Open the form of a line that no one registered, and submit it empty."""
    page = visitor.page
    page.goto(origin + "/register/")
    unfold(page)
    yield "register"
    page.locator("#record button").click()
    page.wait_for_selector("#faults .govuk-error-summary")
    yield "register-errors"


def people_of(demo: Demo) -> dict[str, dict[str, str]]:
    """Return the people whom a law has reduce their lines."""
    return json.loads((demo.data_dir / "reducing-people.json").read_text("utf-8"))


def own_lines(visitor: Visitor, origin: str) -> Iterator[str]:
    """See the lines, and what else the portal gives."""
    for path in ("lines", "line-selection", "personal-data", "passkeys", "access-history"):
        visitor.page.goto(f"{origin}/{path}/")
        unfold(visitor.page)
        yield path


def choosing(visitor: Visitor, origin: str) -> Iterator[str]:
    """Choose which lines to keep, and give one back."""
    page = visitor.page
    yield from own_lines(visitor, origin)
    page.goto(origin + "/line-selection/")
    page.locator("main form button").click()
    yield "numbers"
    page.locator("main form button").click()
    yield "numbers-errors"
    page.check("#line-2")
    page.check("#id_sure")
    page.locator("main form button").click()
    yield "given-back"


def at_reducing_counter(visitor: Visitor, origin: str) -> Iterator[str]:
    """Find lines that are asked about, verify one too many, and register one more."""
    page = visitor.page
    for which in ("suspended", "told", "chose"):
        page.goto(origin + "/")
        unfold(page)
        page.fill("#id_number", people_of(visitor.demo)[which]["number"])
        page.press("#id_number", "Enter")
        page.wait_for_selector("#answer-title")
        unfold(page)
        yield f"found-{which}"
    page.locator("[data-first]").click()
    page.wait_for_selector("#id_subscriber__name")
    yield "verify"
    submit_record(page, people_of(visitor.demo)["chose"])
    yield "verify-refused"
    page.goto(origin + "/")
    page.locator(".rk-carried form button").last.click()
    page.goto(origin + "/register/")
    page.fill("#id_number", "+8613908999999")
    submit_record(page, people_of(visitor.demo)["enough"])
    yield "register-refused"


def submit_record(page: Page, one: dict[str, str]) -> None:
    """Fill in the form of a person, submit it, and wait for what it is refused for."""
    page.select_option("#id_subscriber__document_type", one["document_type"])
    for name in ("name", "address", "document_number"):
        page.fill(f"#id_subscriber__{name}", one[name])
    answer_last_questions(page)
    page.locator("form[data-offline] button[type=submit]:not(.rk-read)").click()
    page.wait_for_selector(".govuk-error-summary")


def clerk(visitor: Visitor, _: str, origin: str) -> None:
    """Sign in at the counter."""
    visitor.sign_in("clerk", at=origin)


def importer(visitor: Visitor, _: str, origin: str) -> None:
    """Sign in as who runs campaigns and hands in files."""
    visitor.sign_in("campaign_manager", at=origin)


def copied(visitor: Visitor, _: str, origin: str) -> None:
    """Come in as the subscriber of whose document a copy is kept."""
    come_in(visitor, COPIED)
    prove(visitor, COPIED)


def reducing(visitor: Visitor, name: str, origin: str) -> None:
    """Come in as one of the people of `tests/builders/reducing_law.py`, and prove it unless only the telephone is in the hand."""
    which, _, is_in_hand = name.partition("-")
    one = people_of(visitor.demo)[which]
    come_in(visitor, one)
    if not is_in_hand:
        prove(visitor, one)


def unregistered(visitor: Visitor, _: str, origin: str) -> None:
    """Come in from a line that no one registered."""
    known = json.loads((visitor.demo.data_dir / "demo-subscriber.json").read_text("utf-8"))
    come_in(visitor, {"number": known["unregistered"]})


OWN_PAGES = ("/account/2fa/", "/account/password/change/", "/account/sessions/", "/nowhere/")
BACKOFFICE = (
    "supervisor", "campaign_manager", "data_protection_officer", "auditor", "administrator"
)  # fmt: skip
REQUESTS = ("pause", "reconnect", "dispute", "appeal", "not-mine", "correct", "terminate", "add-delegate",
            "remove-delegate", "report-death", "deny-death")  # fmt: skip
READERS = (
    Reader("backoffice", "anyone", ("/", "/account/login/", "/account/invitation/", "/law/", "/nowhere/")),
    *(Reader("backoffice", role, ("/campaign/", "/", *OWN_PAGES), staff) for role in BACKOFFICE),
    Reader("backoffice", "importer", (), importer, handing_in),
    Reader("counter", "anyone", ("/account/login/", "/check-receipt/")),
    Reader("counter", "clerk", ("/", "/account/sessions/", "/nowhere/"), staff, at_counter),
    Reader("portal", "anyone", ("/", "/check-receipt/", "/nowhere/")),
    Reader("portal", "proved", ("/lines/", *(f"/do/{one}/" for one in REQUESTS)), subscriber),
    Reader("portal", "unregistered", ("/lines/",), unregistered, applying),
    Reader("backoffice", "stricter", (), states=in_law, law="stricter"),
    Reader("counter", "stricter", (), clerk, at_stricter_counter, law="stricter"),
    Reader("portal", "stricter", (), copied, with_copy, law="stricter"),
    Reader("portal", "applicant", (), unregistered, applying, law="stricter"),
    *(
        Reader("portal", one, (), reducing, choosing if one == "told" else own_lines, law="reducing")
        for one in ("told-in-hand", "told", "enough", "new")
    ),
    Reader("counter", "reducing", (), clerk, at_reducing_counter, law="reducing"),
)


def main() -> None:
    """Take the pictures that were asked for, and write the sheets."""
    ask = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    apps = [*dict.fromkeys(one.app for one in READERS)]
    ask.add_argument("app", nargs="*", choices=[*apps, []])
    ask.add_argument("--language", action="append", choices=LANGUAGES)
    ask.add_argument("--reader", action="append", choices=[*dict.fromkeys(one.name for one in READERS)])
    ask.add_argument(
        "--instance", type=Path, help="a demo instance to use and keep, made where it is missing"
    )
    asked = ask.parse_args()
    chosen = [
        one for one in READERS if one.app in (asked.app or apps) and one.name in (asked.reader or [one.name])
    ]
    with demo_at(asked.instance) as data_dir, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        seen: set[tuple[str, str]] = set()
        for law in dict.fromkeys(one.law for one in chosen):
            with changed(data_dir, law) as instance, served(instance) as demo:
                for reader in (one for one in chosen if one.law == law):
                    take(browser, demo, reader, asked.language or list(LANGUAGES), seen)
    for app in dict.fromkeys(one.app for one in chosen):
        sheet(app)


@contextmanager
def demo_at(given: Path | None) -> Iterator[Path]:
    """Make a demo where none is."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-screens-") as folder:
        data_dir = given or Path(folder) / "instance"
        environment = {k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"}
        if not (data_dir / "demo-logins.json").exists():
            subprocess.run(
                [COMMAND, "demo", "--lines", str(LINES)],
                check=True,
                env=environment | {"ROLLKEEPER_HOME": str(data_dir)},
                stdout=subprocess.DEVNULL,
            )
        yield data_dir


@contextmanager
def changed(data_dir: Path, law: str) -> Iterator[Path]:
    """Give the demo, or a copy of it that has another law."""
    if not law:
        yield data_dir
        return
    with tempfile.TemporaryDirectory(prefix="rollkeeper-screens-") as folder:
        copy = Path(folder) / "instance"
        subprocess.run(["cp", "-a", data_dir, copy], check=True)  # owners as well
        at = {
            "ROLLKEEPER_HOME": str(copy),
            "ROLLKEEPER_ROLE": "console",
            "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
        }
        file = copy / "other-law.yaml"
        subprocess.run([sys.executable, "-c", CHANGE.format(law=law), file], check=True, env=os.environ | at)
        change_settings(copy / "settings.toml", {"instance": {"pack": str(file)}})
        yield copy


@contextmanager
def served(data_dir: Path) -> Iterator[Demo]:
    """Serve the demo."""
    logins = json.loads((data_dir / "demo-logins.json").read_text("utf-8"))
    port = free_ports()
    with started(data_dir, port):
        apps = [f"http://localhost:{port + nth}" for nth in range(3)]
        passwords = {one["role"]: one["password"] for one in logins}
        yield Demo(data_dir, *apps, passwords, {one["role"]: one["user"] for one in logins})


def take(
    browser: Browser, demo: Demo, reader: Reader, languages: list[str], seen: set[tuple[str, str]]
) -> None:
    """Take every page that a reader reaches and none before them did, in each language."""
    began, origin = time.monotonic(), getattr(demo, reader.app)
    context = browser.new_context(locale="en-GB", bypass_csp=True)
    visitor = Visitor(context.new_page(), demo)
    if reader.enter:
        reader.enter(visitor, reader.name, origin)
    paths = reached(visitor.page, origin, reader, seen)
    for language in languages:
        visitor.page.goto(origin + (reader.first or ("/",))[0])
        visitor.page.click(f"button[name=language][value={language}]")
        for name, path in paths.items():
            try:
                # The page that checks receipts asks no server: its address says the language.
                visitor.page.goto(origin + path + f"#{language}" * path.endswith("/check-receipt/"))
                keep(visitor, OUT / reader.app / f"{reader.name}.{name}.{language}")
            except Error as fault:
                print(f"  missed {path} in {language}: {fault.message.splitlines()[0]}", flush=True)
        try:
            for state in reader.states(visitor, origin) if reader.states else ():
                keep(visitor, OUT / reader.app / f"{reader.name}.state-{state}.{language}")
        except Error as fault:
            print(f"  missed a state in {language}: {fault.message.splitlines()[0]}", flush=True)
    context.close()
    print(reader.app, reader.name, len(paths), f"pages, {time.monotonic() - began:.0f} s", flush=True)


def reached(page: Page, origin: str, reader: Reader, seen: set[tuple[str, str]]) -> dict[str, str]:
    """Follow the links from a reader's first pages; return one address a kind of page by the name of its picture."""
    found: dict[str, str] = {}
    waiting = [(path, 0) for path in reader.first]
    while waiting:
        path, depth = waiting.pop(0)
        kind = NAMES_A_ROW.sub("ID", path)
        own = kind.startswith("/account/") or kind in {"/", "/nowhere/"}
        if (reader.app, kind) in seen and not (own and depth == 0 and kind not in found):
            continue
        seen.add((reader.app, kind))
        if (name := kind.strip("/").replace("/", "_") or "first") in found:
            continue
        found[name] = path
        if depth < DEEPEST:
            page.goto(origin + path)
            links = page.eval_on_selector_all("a[href]", ABSOLUTE)
            inside = [urlsplit(one).path for one in links if one.startswith(origin + "/")]
            waiting += [(one, depth + 1) for one in dict.fromkeys(inside) if not NO_PAGE.search(one)]
    return found


def keep(visitor: Visitor, file: Path) -> None:
    """Keep a page at every width, light and dark: the server is asked once. In English axe looks at the dark ones too."""
    page = visitor.page
    devtools = page.context.new_cdp_session(page)
    file.parent.mkdir(parents=True, exist_ok=True)
    for width, scheme in product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        wide, high = page.evaluate("(d => [d.scrollWidth, d.scrollHeight])(document.documentElement)")
        if wide > width:
            print(f"  too wide: {file.name} needs {wide} of {width}", flush=True)
        clip = {"x": 0, "y": 0, "scale": 1, "width": wide, "height": min(high, 16_000)}
        asked = {"format": "jpeg", "quality": 80, "captureBeyondViewport": True, "optimizeForSpeed": True, "clip": clip}  # fmt: skip
        picture = base64.b64decode(devtools.send("Page.captureScreenshot", asked)["data"])
        file.with_name(f"{file.name}.{scheme}.{width}.jpg").write_bytes(picture)
        for found in visitor._axe() if scheme == "dark" and file.suffix == ".en" else ():
            print(f"  axe: {file.name} at {width}: {found[:300]}", flush=True)
    devtools.detach()


def sheet(app: str) -> None:
    """Write the contact sheet: a row a page, a column for each language, scheme and width."""
    folder, columns = OUT / app, list(product(LANGUAGES, WIDTHS, SCHEMES))
    rows = sorted({file.name.rsplit(".", 4)[0] for file in folder.glob("*.jpg")})
    across = sum(THUMBNAIL[width] + GAP for _, width, _ in columns)
    high = TALLEST + 3 * GAP
    whole = Image.new("RGB", (across + GAP, max(1, len(rows)) * high), "#888")
    for nth, row in enumerate(rows):
        left = GAP
        ImageDraw.Draw(whole).text((left, nth * high + 4), row, fill="#fff")
        for language, width, scheme in columns:
            file = folder / f"{row}.{language}.{scheme}.{width}.jpg"
            if file.exists():
                with Image.open(file) as picture:
                    picture.draft("RGB", (THUMBNAIL[width], TALLEST))
                    picture.thumbnail((THUMBNAIL[width], 20_000))
                    small = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
                    whole.paste(small, (left, nth * high + 2 * GAP))
            left += THUMBNAIL[width] + GAP
    whole.save(OUT / f"{app}.jpg", quality=75)
    print(OUT / f"{app}.jpg", len(rows), "pages")


if __name__ == "__main__":
    main()
