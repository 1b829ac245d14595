"""A demo instance with the demo in it, served by the real command, and a real Chromium to look at it.

Where Chromium is missing every browser test is skipped, and says so. Where ROLLKEEPER_SCREENSHOTS names a folder, pictures of each page
in each language and width go there, to be looked at; `make screens` makes those of every page.
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
# The parts of a page by which it is judged; the first two, and what their order says, with the whole page.
PARTS = ("head, body, body > *, .rk-languages, nav li, main > *, main :is(form, section, article, fieldset, .rk-columns, .govuk-width-container) > *"
         ", main .govuk-form-group, main .rk-card")  # fmt: skip
# What axe judges of a page without its words, part by part.
SHAPE = (Path(__file__).parent / "shape.js").read_text("utf-8").rstrip(";\n")
# The cells of tables whose words or figures reach over their cell's own edge. What scrolls may be as wide as it likes.
CROWDED = """() => [...document.querySelectorAll("main th, main td")]
  .filter(cell => !cell.closest(".rk-table-scroll") && cell.getClientRects().length)
  .filter(cell => {
    const all = document.createRange(), edge = parseFloat(getComputedStyle(cell).paddingRight);
    all.selectNodeContents(cell);
    return all.getBoundingClientRect().right > cell.getBoundingClientRect().right - edge + 1;
  })
  .map(cell => cell.innerText)"""
SEEN = f"parts => [document.documentElement.lang, document.documentElement.scrollWidth, ({CROWDED})(), ({SHAPE})(parts)]"
# Every rule is tried on every element, but only violations are listed with their elements: to list all of them doubled the time.
# Where the page as a whole was found sound, only the parts that are new are looked at; where it was not, they alone are asked for what takes
# most of the time and is told by each part. Sheets are not read once more: no rule of ours asks for them.
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
# Whether axe is there, or comes from this address; a page without a network has to be handed it.
BROUGHT = """address => "axe" in window || address !== "" && new Promise(done => {
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
    """By the role of an invented person, or by the user name of an account that a test added."""
    usernames: dict[str, str] = field(default_factory=dict)

    def type(self, *words: str, typed: str = "", answer: int = 0) -> str:
        """Type a command in this instance, and what it asks for; expect its exit code, return what it said."""
        said = _commands().run(*words, typed=typed, data_dir=self.data_dir)
        assert said.returncode == answer, f"{words}: {said.returncode}\n{said.stdout}\n{said.stderr}"
        return said.stderr if answer else said.stdout

    def work(self, *jobs: str) -> None:
        """Let the workers do what pages asked of them, or only these jobs."""
        self.type("@tests.journeys.working:main", *jobs)


@cache
def _commands() -> CommandServer:
    """What runs the commands that journeys type, each in a separate process that need not import everything again."""
    server = CommandServer({k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"})
    atexit.register(server.go)
    return server


def lent_command(folder: Path) -> Path:
    """Put into a folder a `rollkeeper` for programs that talk with it while it runs; it need not import everything again either."""
    _commands().lend_command(folder)
    return folder / "rollkeeper"


@contextmanager
def served_demo(
    change: Callable[[Path], None] = lambda _: None, *, apps: Sequence[str] = ()
) -> Iterator[Demo]:
    """The demo, smaller, made and served as anybody would, every app or these; `change` is done to its folder before it is served."""
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
    """One demo for the journeys that need no certain state of it."""
    with served_demo() as served:
        yield served


@pytest.fixture(scope="session")
def _chromium() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """Debian's Chromium, quiet, by preference built without windows, which opens a profile and loads a page for half the work."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        pytest.skip(
            "NO CHROMIUM HERE: browser tests are skipped."
            " Debian: apt-get install chromium chromium-headless-shell fonts-noto-cjk"
        )
    # No script runs long enough to be worth translating it twice. One process lays out all pages, and the browser's own draws them: to start
    # others for each page, and to talk with them, was a seventh of all work.
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--js-flags=--no-turbofan --no-maglev --single-threaded", "--in-process-gpu",
             "--renderer-process-limit=1"]  # fmt: skip
    # Nor does each page get another frame; the other names are those of the driver's list, which this one replaces.
    kept = "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,MediaRouter,PaintHolding"
    quiet += [f"--disable-features=RenderDocument,{kept},OptimizationHints,ThirdPartyStoragePartitioning"]
    # Nothing is painted that no picture is taken of: pages are laid out as before.
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
    """One Chromium for the whole run, for one module at a time: its driver's event loop is hidden from those between.

    While a loop runs, Django touches no database in this process.
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
    """Say whether axe found nothing in this part, or where its large text was small, of which more contrast is asked."""
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
        # The browser itself lets go of what was on its way, such as the icon, when the page is left or closed. What
        # the policy forbids fails with another word, and on the console as well.
        if "ERR_ABORTED" not in failure:
            self.complaints.append(f"{url} {failure}")

    def _hear(self, kind: str, text: str) -> None:
        refusal = "Failed to load resource" in text and any(
            f" {code} " in text for code in (403, 404, 409, 422)
        )
        if kind in {"error", "warning"} and not refusal:
            self.complaints.append(text)

    def last_seen(self) -> str:
        """Return the address and the words of the page, and what the browser complained of."""
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
        """Have a language chosen at every app, without pressing its button; what is looked at is in it."""
        self._spoken = language
        self.page.context.add_cookies(
            [{"name": "django_language", "value": language, "url": self.demo.backoffice}]
        )

    def sign_in(self, role: str, *, at: str | None = None, to: str | None = None) -> None:
        """Sign in as the invented person with this role, or as an account that a test added, and go to the page behind it or another.

        The form is sent and not drawn, which is half of the work: `type_login` draws it.
        """
        request, address = self.page.request, (at or self.demo.backoffice) + "/account/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', request.get(address).text())
        assert token, "there is no form to sign in"
        form = self._login(role) | {"csrfmiddlewaretoken": token[1]}
        answer = request.post(address, form=form, headers={"Referer": address}, max_redirects=0)
        assert answer.status == 302, f"{role} is not let in"
        self.page.goto(urljoin(address, to or answer.headers["location"]))

    def type_login(self, role: str, *, at: str | None = None) -> None:
        """Sign in as a person does it, on the page."""
        self.page.goto((at or self.demo.backoffice) + "/account/login/")
        for name, value in self._login(role).items():
            self.page.fill(f"#id_{name}", value)
        with self.page.expect_navigation():
            self.page.locator("main form button").first.click()

    def _login(self, role: str) -> dict[str, str]:
        return {"login": self.demo.usernames.get(role, role), "password": self.demo.passwords[role]}

    def look(self, name: str) -> None:
        """Require at every width that nothing overflows, that axe finds nothing and that the browser complains of nothing.

        Keep pictures where they are wanted.
        """
        shown = (self.page.viewport_size or {}).get("width")
        # It is drawn once less where it begins as it is.
        for width in sorted(WIDTHS, key=lambda one: one != shown):
            if self.page.viewport_size != (wanted := {"width": width, "height": 900}):
                self.page.set_viewport_size(wanted)
            language, needed, crowded, shape = self.page.evaluate(SEEN, PARTS)
            assert language in ({self._spoken} if self._spoken else LANGUAGES)
            if SCREENSHOTS:
                self._keep(SCREENSHOTS / f"{name}.{language}.{width}.png")
            assert needed <= width, f"{name} in {language} needs {needed} of {width} pixels"
            assert not crowded, f"{name} in {language} at {width}: {crowded} run into what stands beside them"
            # What axe judges is mostly the same in all languages and widths, and in many pages: it is asked once.
            fresh = [nth for nth, part in enumerate(shape) if not _is_sound(part)]
            found = self._axe(fresh) if fresh else []
            assert not found, f"{name} in {language} at {width}: {found}"
            _sound.update(map(_mark, shape))
        assert not self.complaints, f"{name}: {self.complaints}"

    def _keep(self, file: Path) -> None:
        """Keep a picture of the whole page. The browser packs it quickly, not small."""
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
        """Say what axe finds in these parts, or in all, and in the whole page where what is new is more than what it has in it."""
        if not self.page.evaluate(BROUGHT, _axe_address() if self._takes_scripts else ""):
            self.page.evaluate(AXE.read_text("utf-8"))
        # The first says what the page is as a whole, and of the others the first two are its head and its body.
        inside = None if fresh is None else [nth - 1 for nth in fresh if nth]
        return self.page.evaluate(FOUND, [RULES, PARTS, inside, fresh is None or min(fresh) < 3])


class _GivesAxe(BaseHTTPRequestHandler):
    """Gives axe to pages, which keep it: to hand it to each as a text takes half as long as to run it."""

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
    """Choose the language of notices, and say that a doubtful number was compared again before the register asks for it."""
    page.select_option("#id_language", "en")
    page.evaluate("for (const one of document.querySelectorAll('[data-when-doubtful]')) one.hidden = false")
    page.check("#id_double_checked")


# What a visitor leaves behind in an app's own storage, but for the mark that a counter's device has all empty forms.
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
    """A browser profile for one visitor after the other, each of whom begins without a page, a cookie or anything of the last one's.

    What every visitor would fetch again stays: the files that pages share, and the empty forms that a counter's device keeps.
    A test of a device's first visit makes a profile for itself.
    """

    def __init__(self, chromium: Browser, **settings: Any) -> None:
        self._takes_scripts = settings.get("bypass_csp", False)
        self._context = chromium.new_context(locale="en-GB", **settings)

    def visitor(self, demo: Demo) -> Visitor:
        """Give a visitor a page."""
        return Visitor(self._context.new_page(), demo, takes_scripts=self._takes_scripts)

    def leave(self) -> None:
        """End all that the visitor opened."""
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
    """Return the profile of the run's visitors; the policy against foreign scripts is lifted for axe, which a test brings itself."""
    return Profile(chromium, bypass_csp=bypass_csp)


@pytest.fixture
def visitor(chromium: Browser, demo: Demo) -> Iterator[Visitor]:
    """Somebody with a browser, for whom the policy against foreign scripts is lifted."""
    profile = profile_in(chromium, bypass_csp=True)
    yield profile.visitor(demo)
    profile.leave()


@pytest.fixture
def strict_visitor(chromium: Browser, demo: Demo) -> Iterator[Visitor]:
    """Somebody with a browser, under the pages' own policy; nothing may be complained about."""
    profile = profile_in(chromium, bypass_csp=False)
    someone = profile.visitor(demo)
    yield someone
    profile.leave()
    assert not someone.complaints


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed journey what its visitors saw last: some fail on a busy machine only."""
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
