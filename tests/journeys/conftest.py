"""A demo instance with the demo in it, served by the real command, and a real Chromium to look at it.

Without Chromium every browser test is skipped, with a message. If ROLLKEEPER_SCREENSHOTS names a folder, pictures of each page that a
test looks at go there, in each language and width; `make screens` makes pictures of every page.
"""

import asyncio
import atexit
import base64
import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, CDPSession, Error, Page, sync_playwright

from tests.command_server import CommandServer
from tests.demo import copy_demo
from tests.operations.test_process_supervisor import free_ports, started

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(named) if (named := os.environ.get("ROLLKEEPER_SCREENSHOTS")) else None
WIDTHS = (320, 1440)
LANGUAGES = {"en", "zh-hans", "bo"}
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The parts into which a page is cut for axe. Rules about the first two, or about the order of parts, need the whole page.
PARTS = ("head, body, body > *, .rk-languages, nav li, main > *, main :is(form, section, article, fieldset, .rk-columns, .govuk-width-container) > *"
         ", main .govuk-form-group, main .rk-card")  # fmt: skip
# The features of each part, without its words, on which the result of axe depends.
SHAPE = (Path(__file__).parent / "shape.js").read_text("utf-8").rstrip(";\n")
# The cells of tables whose text goes beyond the edge of the cell. Text in tables that scroll may have any width.
CROWDED = """() => [...document.querySelectorAll("main th, main td")]
  .filter(cell => !cell.closest(".rk-table-scroll") && cell.getClientRects().length)
  .filter(cell => {
    const all = document.createRange(), edge = parseFloat(getComputedStyle(cell).paddingRight);
    all.selectNodeContents(cell);
    return all.getBoundingClientRect().right > cell.getBoundingClientRect().right - edge + 1;
  })
  .map(cell => cell.innerText)"""
SEEN = f"parts => [document.documentElement.lang, document.documentElement.scrollWidth, ({CROWDED})(), ({SHAPE})(parts)]"
# Every rule is tried on every element, but only violations are listed with their elements: to list all elements doubled the time. If the
# page as a whole was found sound before, only its new parts are checked. If not, the whole page is checked, but the slow local rules only
# on the new parts. Style sheets are not read again: no rule that we use needs them.
FOUND = """async ([tags, parts, fresh, isWhole]) => {
  const all = [...document.querySelectorAll(parts)], include = all.filter((_, nth) => !fresh || fresh.includes(nth));
  const exclude = all.filter(one => !include.includes(one) && include.some(part => part.contains(one)));
  const local = ["color-contrast", "target-size", "link-in-text-block"];
  const asked = async (context, what) => (await axe.run(context, {
    ...what, resultTypes: ["violations"], iframes: false, selectors: false, preload: {assets: ["media"]},
  })).violations;
  const byTag = {runOnly: {type: "tag", values: tags}}, others = Object.fromEntries(local.map(rule => [rule, {enabled: false}]));
  const found = isWhole ? await asked(document, {...byTag, rules: others}) : [];
  if (include.length) found.push(...await asked({include, exclude}, isWhole ? {runOnly: local} : byTag));
  return found.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join("; ")}`);
}"""
# Tells whether axe is in the page or can be loaded from this address; a page without a network gets its text instead.
BROUGHT = """address => "axe" in window || address !== "" && navigator.onLine && new Promise(done => {
  const script = Object.assign(document.createElement("script"), {src: address});
  script.onload = script.onerror = told => { script.remove(); done(told.type === "load"); };
  document.head.append(script);
})"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Demo:
    """A served instance: its addresses and its logins by role."""

    data_dir: Path
    backoffice: str
    counter: str
    portal: str
    passwords: dict[str, str]
    """Passwords by the role of an invented person, or by the user name of an account that a test added."""
    usernames: dict[str, str] = field(default_factory=dict)

    def type(self, *words: str, typed: str = "", answer: int = 0) -> str:
        """Run a command in this instance and answer its questions with `typed`; expect the exit code `answer`, return what it printed."""
        said = _commands().run(*words, typed=typed, data_dir=self.data_dir)
        assert said.returncode == answer, f"{words}: {said.returncode}\n{said.stdout}\n{said.stderr}"
        return said.stderr if answer else said.stdout

    def work(self, *jobs: str) -> None:
        """Run the jobs that pages requested, or only these jobs."""
        self.type("@tests.journeys.working:main", *jobs)


@cache
def _commands() -> CommandServer:
    """Return the server that runs the journeys' commands, each in a separate process that need not import everything again."""
    server = CommandServer({k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"})
    atexit.register(server.go)
    return server


def lent_command(folder: Path) -> Path:
    """Put a fast `rollkeeper` into a folder, for programs that exchange data with it while it runs; return its path."""
    _commands().lend_command(folder)
    return folder / "rollkeeper"


@contextmanager
def served_demo(
    change: Callable[[Path], None] = lambda _: None, *, apps: Sequence[str] = ()
) -> Iterator[Demo]:
    """Make a small demo and serve it as a user would, every app or these; `change` changes its folder before it is served."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-journey-") as folder:
        data_dir = Path(folder) / "instance"
        copy_demo(data_dir)
        change(data_dir)
        logins = json.loads((data_dir / "demo-logins.json").read_text("utf-8"))
        port = free_ports()
        with started(data_dir, port, *(word for app in apps for word in ("--app", app))):
            yield Demo(
                data_dir,
                f"http://localhost:{port}",
                f"http://localhost:{port + 1}",
                f"http://localhost:{port + 2}",
                {login["role"]: login["password"] for login in logins},
                {login["role"]: login["user"] for login in logins},
            )


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """One demo for all journeys that do not depend on its state."""
    with served_demo() as served:
        yield served


@pytest.fixture(scope="session")
def _chromium() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """Debian's Chromium; the build without windows if there is one, which needs half the work to open a profile and load a page."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        pytest.skip(
            "NO CHROMIUM HERE: browser tests are skipped."
            " Debian: apt-get install chromium chromium-headless-shell fonts-noto-cjk"
        )
    # No script runs long enough for an optimising compiler to pay. One process lays out all pages, and the browser's own process draws
    # them: to start other processes for each page, and to talk with them, was a seventh of all work.
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--js-flags=--no-turbofan --no-maglev --single-threaded", "--in-process-gpu",
             "--renderer-process-limit=1"]  # fmt: skip
    # Pages also share a frame. The other names are those of the driver's own list, which this list replaces.
    kept = "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,MediaRouter,PaintHolding"
    quiet += [f"--disable-features=RenderDocument,{kept},OptimizationHints,ThirdPartyStoragePartitioning"]
    # Without screenshots nothing is painted; pages are laid out as before.
    quiet += [] if SCREENSHOTS else ["--force-gpu-mem-available-mb=1"]
    with sync_playwright() as driver:
        loop = asyncio.get_running_loop()
        browser = driver.chromium.launch(executable_path=found, args=quiet)
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def chromium(_chromium: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """One Chromium for the whole run; its driver's event loop is visible only in modules that use this fixture.

    While an event loop runs in a process, Django refuses to use a database there.
    """
    browser, loop = _chromium
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


_sound: set[bytes] = set()
"""Parts of pages, and pages as a whole, in which axe found nothing, by their shape."""


def _mark(part: str) -> bytes:
    return hashlib.sha256(part.encode()).digest()


def _is_sound(part: str) -> bool:
    """Tell whether axe found nothing in this part, or in the same part with small text, for which its rule of contrast is stricter."""
    return _mark(part) in _sound or _mark(part.replace(",large,", ",small,")) in _sound


class Visitor:
    """A user with a browser; console errors are kept."""

    def __init__(self, page: Page, demo: Demo, *, takes_scripts: bool = False) -> None:
        self.page, self.demo, self._takes_scripts = page, demo, takes_scripts
        self.complaints: list[str] = []
        self._devtools: CDPSession | None = None
        self._spoken: str | None = None
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.on("requestfailed", lambda request: self._miss(request.url, str(request.failure)))
        page.on("console", lambda said: self._hear(said.type, said.text))

    def _miss(self, url: str, failure: str) -> None:
        # The browser itself cancels running requests, such as the one for the icon, when the page is left or closed. Requests that the
        # policy forbids fail with another message, and on the console as well.
        if "ERR_ABORTED" not in failure:
            self.complaints.append(f"{url} {failure}")

    def _hear(self, kind: str, text: str) -> None:
        refusal = "Failed to load resource" in text and any(
            f" {code} " in text for code in (403, 404, 409, 422)
        )
        if kind in {"error", "warning"} and not refusal:
            self.complaints.append(text)

    def last_seen(self) -> str:
        """Return the address and the text of the page, and the browser's complaints."""
        try:
            words = self.page.inner_text("body", timeout=2_000)
        except Error as fault:
            words = str(fault)
        return f"{self.page.url}\n{self.complaints}\n{words}"

    def press_language(self, language: str) -> None:
        """Choose a language on the back office's first page."""
        self._spoken = None
        self.page.goto(self.demo.backoffice + "/")
        self.page.click(f"button[name=language][value={language}]")

    def speak(self, language: str) -> None:
        """Set the language of every app without pressing its button; `look` then expects it."""
        self._spoken = language
        self.page.context.add_cookies(
            [{"name": "django_language", "value": language, "url": self.demo.backoffice}]
        )

    def sign_in(self, role: str, *, at: str | None = None, to: str | None = None) -> None:
        """Sign in as the invented person with this role, or as an account that a test added; then go to the app's first page or `to`.

        The form is sent without being drawn, which halves the work; `type_login` draws it.
        """
        request, address = self.page.request, (at or self.demo.backoffice) + "/account/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', request.get(address).text())
        assert token, "there is no form to sign in"
        form = self._login(role) | {"csrfmiddlewaretoken": token[1]}
        answer = request.post(address, form=form, headers={"Referer": address}, max_redirects=0)
        assert answer.status == 302, f"{role} is not let in"
        self.page.goto(urljoin(address, to or answer.headers["location"]))

    def type_login(self, role: str, *, at: str | None = None) -> None:
        """Sign in on the page, as a person does."""
        self.page.goto((at or self.demo.backoffice) + "/account/login/")
        for name, value in self._login(role).items():
            self.page.fill(f"#id_{name}", value)
        with self.page.expect_navigation():
            self.page.locator("main form button").first.click()

    def _login(self, role: str) -> dict[str, str]:
        return {"login": self.demo.usernames.get(role, role), "password": self.demo.passwords[role]}

    def look(self, name: str) -> None:
        """Require at every width that nothing overflows, that axe finds nothing and that the browser complains of nothing.

        Keep pictures if ROLLKEEPER_SCREENSHOTS is set.
        """
        shown = (self.page.viewport_size or {}).get("width")
        # The present width comes first: the page need not be drawn again for it.
        for width in sorted(WIDTHS, key=lambda one: one != shown):
            if self.page.viewport_size != (wanted := {"width": width, "height": 900}):
                self.page.set_viewport_size(wanted)
            language, needed, crowded, shape = self.page.evaluate(SEEN, PARTS)
            assert language in ({self._spoken} if self._spoken else LANGUAGES)
            if SCREENSHOTS:
                self._keep(SCREENSHOTS / f"{name}.{language}.{width}.png")
            assert needed <= width, f"{name} in {language} needs {needed} of {width} pixels"
            assert not crowded, f"{name} in {language} at {width}: {crowded} run into what stands beside them"
            # Most parts are alike in all languages and widths, and on many pages: axe checks each only once.
            fresh = [nth for nth, part in enumerate(shape) if not _is_sound(part)]
            found = self._axe(fresh) if fresh else []
            assert not found, f"{name} in {language} at {width}: {found}"
            _sound.update(map(_mark, shape))
        assert not self.complaints, f"{name}: {self.complaints}"

    def _keep(self, file: Path) -> None:
        """Keep a picture of the whole page, compressed for speed, not for size."""
        file.parent.mkdir(parents=True, exist_ok=True)
        size = self.page.evaluate(
            "(({scrollWidth: width, scrollHeight: height}) => ({width, height}))(document.documentElement)"
        )
        asked = {
            "captureBeyondViewport": True,
            "optimizeForSpeed": True,
            "clip": size | {"x": 0, "y": 0, "scale": 1},
        }
        self._devtools = self._devtools or self.page.context.new_cdp_session(self.page)
        file.write_bytes(base64.b64decode(self._devtools.send("Page.captureScreenshot", asked)["data"]))

    def _axe(self, fresh: Sequence[int] | None = None) -> list[str]:
        """Return what axe finds in these parts, or in all; and in the whole page if more than the page's inner parts is new."""
        if not self.page.evaluate(BROUGHT, _axe_address() if self._takes_scripts else ""):
            self.page.evaluate(AXE.read_text("utf-8"))
        # The first shape is that of the page as a whole, the next two are those of its head and its body.
        inside = None if fresh is None else [nth - 1 for nth in fresh if nth]
        return self.page.evaluate(FOUND, [RULES, PARTS, inside, fresh is None or min(fresh) < 3])


class _GivesAxe(BaseHTTPRequestHandler):
    """Serves axe to pages, whose browser caches it: to pass its text to each page takes half as long as to run it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Cache-Control", "public, max-age=86400, immutable")
        self.end_headers()
        self.wfile.write(AXE.read_bytes())

    def log_message(self, *_: object) -> None:
        pass


@cache
def _axe_address() -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _GivesAxe)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/axe.js"


def answer_last_questions(page: Page) -> None:
    """Choose the language of notices, and tick that a doubtful number was compared again, before the form asks for this."""
    page.select_option("#id_language", "en")
    page.evaluate("for (const one of document.querySelectorAll('[data-when-doubtful]')) one.hidden = false")
    page.check("#id_double_checked")


# Clears what a visitor left in an app's browser storage, except the mark that a counter's device has all empty forms.
FORGET = """async () => {
  localStorage.clear();
  if (!(await indexedDB.databases()).some(one => one.name === "rollkeeper-counter")) return;
  await new Promise((done, failed) => {
    const asked = indexedDB.open("rollkeeper-counter");
    asked.onerror = failed;
    asked.onsuccess = () => {
      const emptied = asked.result.transaction(["submissions", "state"], "readwrite");
      emptied.objectStore("submissions").clear();
      for (const name of ["locked", "ticket"]) emptied.objectStore("state").delete(name);
      emptied.oncomplete = () => { asked.result.close(); done(); };
      emptied.onabort = failed;
    };
  });
}"""


class Profile:
    """A browser profile for one visitor after another; each begins without a page, a cookie or data of an earlier visitor.

    Files that every visitor would fetch again stay: those that pages share, and the empty forms that a counter's device keeps. A test of
    a device's first visit makes its own profile.
    """

    def __init__(self, chromium: Browser, **settings: Any) -> None:
        self._takes_scripts = settings.get("bypass_csp", False)
        self._context = chromium.new_context(locale="en-GB", **settings)

    def visitor(self, demo: Demo) -> Visitor:
        """Give a visitor a page."""
        return Visitor(self._context.new_page(), demo, takes_scripts=self._takes_scripts)

    def leave(self) -> None:
        """Close all pages of the visitor and clear their data."""
        for page in self._context.pages:
            with suppress(Error):  # a page that shows none of ours
                page.evaluate(FORGET)
            page.close()
        self._context.clear_cookies()
        self._context.set_offline(False)

    def close(self) -> None:
        """End it."""
        self._context.close()


@cache
def profile_in(chromium: Browser, *, bypass_csp: bool) -> Profile:
    """Return the profile of the run's visitors; `bypass_csp` lifts the policy against foreign scripts, for axe."""
    return Profile(chromium, bypass_csp=bypass_csp)


@pytest.fixture
def visitor(chromium: Browser, demo: Demo) -> Iterator[Visitor]:
    """A visitor for whom the policy against foreign scripts is lifted."""
    profile = profile_in(chromium, bypass_csp=True)
    yield profile.visitor(demo)
    profile.leave()


@pytest.fixture
def strict_visitor(chromium: Browser, demo: Demo) -> Iterator[Visitor]:
    """A visitor under the pages' own policy; the browser may complain of nothing."""
    profile = profile_in(chromium, bypass_csp=False)
    someone = profile.visitor(demo)
    yield someone
    profile.leave()
    assert not someone.complaints


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed journey what its visitors saw last: some journeys fail only on a busy machine."""
    report = yield
    is_failed = report.failed and call.when == "call"
    for one in item.funcargs.values() if is_failed else ():
        if isinstance(one, Visitor):
            report.sections.append(("page", one.last_seen()))
    return report


@pytest.fixture
def scriptless_visitor(chromium: Browser, demo: Demo) -> Iterator[Visitor]:
    """A browser that runs no script."""
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    yield Visitor(context.new_page(), demo)
    context.close()
