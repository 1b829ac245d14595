# SPDX-License-Identifier: EUPL-1.2
"""All apps at one origin, each under a path, behind a real nginx: a day with each, and what a broken portal can do to staff there."""

import dataclasses
import http.client
import json
import re
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from tests.journeys.conftest import Visitor
from tests.journeys.test_counter_offline import SLIP, Clerk, wait_until_kept
from tests.journeys.test_portal_in_a_browser import come_in, prove
from tests.nginx import needs_nginx, nginx
from tests.operations.test_process_supervisor import free_ports, started

pytestmark = [pytest.mark.browser, needs_nginx]
HOST = "localhost"
PATHS = {"backoffice": "/backoffice", "counter": "/counter", "portal": "/my"}


class Front(BaseHTTPRequestHandler):
    """Stands before an app: notes which cookies reach its process, and answers as a process does that was broken into."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("Cookie", "")))
        hostile = self.server.hostile.get(self.path)
        if hostile:
            headers, body = hostile
            self.send_response(200)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())
            return
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        plain = {name: value for name, value in self.headers.items() if name != "Accept-Encoding"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.app)) as asked:
            asked.request(self.command, self.path, sent, plain)
            answer = asked.getresponse()
            body = answer.read()
        if spoilt := self.server.spoilt.get(self.path):
            body = body.replace(b"</main>", spoilt.encode() + b"</main>")
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"content-length", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError):  # a page was left
            self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - as the server calls it

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def origin(demo, tmp_path_factory):
    """The demo once more, by apps that share an origin, with a front before each."""
    port = free_ports()
    at = free_ports(but=port)
    base = f"http://{HOST}:{at}"
    with ExitStack() as stack, pytest.MonkeyPatch.context() as surroundings:
        for app, path in PATHS.items():
            surroundings.setenv(f"ROLLKEEPER_ACCESS__{app.upper()}_ADDRESS", base + path)
        stack.enter_context(started(demo.data_dir, port))
        fronts = {name: stack.enter_context(fronted(port + nth)) for nth, name in enumerate(PATHS)}
        replaced = {
            "listen 443 ssl": f"listen 127.0.0.1:{at}", "listen 80": f"listen 127.0.0.1:{at + 1}",
            "register.example": HOST, "Host $host;": "Host $http_host;",
            "ssl_certificate /etc/rollkeeper/tls/fullchain.pem;": "", "ssl_certificate_key /etc/rollkeeper/tls/key.pem;": "",
            "__Secure-": "",
        } | {f"127.0.0.1:{8000 + nth};": f"127.0.0.1:{front.server_port};" for nth, front in enumerate(fronts.values())}  # fmt: skip
        stack.enter_context(nginx("one-origin.conf", tmp_path_factory.mktemp("nginx"), replaced, port=at))
        served = dataclasses.replace(demo, **{name: base + path for name, path in PATHS.items()})
        yield Origin(at, base, served, fronts)


@dataclasses.dataclass
class Origin:
    port: int
    base: str
    demo: object
    fronts: dict


@contextmanager
def fronted(app):
    """Serve a front of an app."""
    front = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    front.app, front.seen, front.hostile, front.spoilt = app, [], {}, {}
    threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield front
    front.shutdown()
    front.server_close()


@pytest.fixture
def someone(chromium, origin):
    """A browser under the pages' own policies, in which nothing was done before."""
    context = chromium.new_context(locale="en-GB")
    yield Visitor(context.new_page(), origin.demo)
    context.close()


def test_one_address_leads_to_each_app_and_all_is_under_its_path(someone, origin):
    page = someone.page

    page.goto(origin.base)
    landed = page.url
    ways = page.eval_on_selector_all("main a", "all => all.map(one => one.href)")
    page.click("button[name=language][value=zh-hans]")
    spoken = page.get_attribute("html", "lang"), page.url
    page.goto(origin.demo.backoffice + "/nothing/")
    missing = page.inner_text("main"), page.get_attribute(".rk-header__name", "href")

    assert landed == origin.demo.backoffice + "/"
    assert {f"{origin.base}/counter/", f"{origin.base}/my/", f"{origin.base}/backoffice/ledger/"} <= set(ways)
    assert all(one.startswith(tuple(f"{origin.base}{path}/" for path in PATHS.values())) for one in ways)
    assert spoken == ("zh-hans", landed)
    assert "没有" in missing[0] or "不存在" in missing[0]
    assert missing[1] == "/backoffice/"
    someone.complaints = [one for one in someone.complaints if "404" not in one]
    assert not someone.complaints


def test_an_officer_takes_a_case_and_returns_it_under_the_back_offices_path(someone):
    page = someone.page
    someone.sign_in("data_protection_officer", to="/backoffice/cases/")
    page.locator("main table tbody tr").first.get_by_role("link").click()
    at = page.url

    with page.expect_navigation():
        page.get_by_role("button", name="Take this case").click()
    taken = page.inner_text("main")
    with page.expect_navigation():
        page.get_by_role("button", name="Return it").click()

    assert at.startswith(f"{someone.demo.backoffice}/cases/")
    assert "Return it" in taken
    assert "Take this case" in page.inner_text("main")
    assert page.url == at
    assert not someone.complaints


def test_a_clerk_registers_without_a_network_under_the_counters_path(someone):
    page = someone.page
    clerk = Clerk(page, someone.demo, SimpleNamespace(port=None))
    someone.sign_in("clerk", at=someone.demo.counter, to="/counter/register/")
    wait_until_kept(page)
    clerk.fill()
    page.context.set_offline(True)
    clerk.submit()
    page.wait_for_selector(SLIP, timeout=30_000)
    page.goto(someone.demo.counter + "/terminate/")
    kept = page.locator("[data-offline-form]").count(), page.inner_text("h1")
    page.context.set_offline(False)
    page.goto(someone.demo.counter + "/register/")
    clerk.waits_for("done")
    page.locator("[data-receipt]").click()
    page.wait_for_url("**/counter/receipt/**")
    assert "The subscriber of the line is registered." in page.inner_text("main")
    page.keyboard.press("F8")
    page.wait_for_url("**/counter/account/login/#locked")
    assert kept == (1, "End a contract")


@pytest.fixture(scope="module")
def subscriber(demo):
    return json.loads((demo.data_dir / "demo-subscriber.json").read_text("utf-8"))


def test_a_subscriber_reads_what_is_kept_without_any_script(someone, origin, subscriber):
    page = someone.page
    come_in(someone, subscriber)
    prove(someone, subscriber)
    cookies = page.context.cookies()
    page.goto(someone.demo.portal + "/personal-data/")
    page.locator("main form[action$='/personal-data/'] button").click()
    shown = page.inner_text("main")
    with page.expect_download() as sheets:
        page.locator("main form[action$='/sheets/'] button").click()
    page.goto(someone.demo.portal + "/passkeys/")
    passkeys = page.inner_text("main")
    page.goto(someone.demo.portal + "/check-receipt/")
    with page.expect_download() as saved:
        page.click("main a:text('Save the page')")
    page.click("button[name=language][value=bo]")
    spoken = page.get_attribute("html", "lang"), page.url
    page.goto(someone.demo.portal + "/lines/")
    page.locator("form[action='/my/sign-out/'] button").click()

    assert {(one["path"], one["httpOnly"]) for one in cookies} == {("/my/", True)}
    assert subscriber["name"] in shown
    assert sheets.value.suggested_filename == "data-export.pdf"
    assert "This operator does not offer passkeys here." in passkeys
    assert saved.value.suggested_filename == "check-receipt.html"
    assert spoken == ("bo", someone.demo.portal + "/check-receipt/")
    assert page.url == someone.demo.portal + "/"
    assert not someone.complaints


RUNS = "document.documentElement.dataset.ran = 'yes'"
SCRIPTS = f"""<script>{RUNS}</script><script src="/my/evil.js"></script><script type="module" src="/my/evil.js"></script>
<img src="/my/nothing" onerror="{RUNS}"><svg onload="{RUNS}"></svg><a id="link" href="javascript:{RUNS}">link</a>
<iframe src="/my/framed/"></iframe><object data="/my/framed/"></object><embed src="/my/framed/">
<form id="act" method="post" action="/backoffice/i18n/setlang/"><input name="language" value="bo"><button>Act</button></form>"""
EVIL = {
    "/my/evil/": ([("Content-Type", "text/html"), ("Set-Cookie", "a=b; Path=/my/")], f"<!DOCTYPE html><main>{SCRIPTS}</main>"),
    "/my/evil.svg": ([("Content-Type", "image/svg+xml")], f'<svg xmlns="http://www.w3.org/2000/svg"><script>{RUNS}</script></svg>'),
    "/my/evil.js": ([("Content-Type", "text/javascript"), ("Service-Worker-Allowed", "/")], RUNS),
    "/my/framed/": ([("Content-Type", "text/html")], f"<script>parent.{RUNS}</script>"),
}  # fmt: skip
RAN = "document.documentElement.dataset.ran ?? null"


@pytest.fixture(scope="module")
def signed_in(chromium, origin):
    """The browser of a supervisor who is signed in at the back office and at the counter; a broken portal is opened in it."""
    context = chromium.new_context(locale="en-GB")
    visitor = Visitor(context.new_page(), origin.demo)
    visitor.sign_in("supervisor", to="/backoffice/healthz")
    visitor.sign_in("supervisor", at=origin.demo.counter, to="/counter/healthz")
    visitor.page.close()
    yield context
    context.close()


@pytest.fixture
def staff(signed_in, origin):
    """That supervisor with a new page."""
    for front in origin.fronts.values():
        front.seen.clear()
    visitor = Visitor(signed_in.new_page(), origin.demo)
    yield visitor
    visitor.page.close()
    for front in origin.fronts.values():
        front.hostile.clear()
        front.spoilt.clear()


def with_cookies_of(seen, *apps):
    """Return the requests that brought a cookie of one of these apps."""
    return [path for path, cookies in seen if any(f"rollkeeper_{app}" in cookies for app in apps)]


def try_all(page, address):
    """Open a page with scripts in it, press what it has, and return what ran."""
    page.goto(address)
    page.click("#link", no_wait_after=True)
    return page.evaluate(RAN)


def test_a_portal_process_that_was_broken_into_runs_no_script_in_a_browser_of_staff(staff, origin):
    portal = origin.fronts["portal"]
    portal.hostile.update(EVIL)

    staff.page.goto(origin.demo.portal + "/evil.svg")
    assert staff.page.evaluate(RAN) is None
    assert try_all(staff.page, origin.demo.portal + "/evil/") is None
    with staff.page.expect_console_message(lambda said: "form-action" in said.text):
        staff.page.click("#act button", no_wait_after=True)
    assert "/my/evil.js" not in [path for path, _ in portal.seen]
    assert origin.fronts["backoffice"].seen == []
    assert with_cookies_of(portal.seen, "backoffice", "counter") == []


def test_a_fault_in_a_page_of_the_portal_runs_no_script(staff, origin):
    portal = origin.fronts["portal"]
    portal.spoilt["/my/"] = SCRIPTS
    portal.hostile["/my/evil.js"] = EVIL["/my/evil.js"]

    # By the app's own policy: the proxy is not between.
    assert try_all(staff.page, f"http://localhost:{portal.server_port}/my/") is None
    assert "/my/evil.js" not in [path for path, _ in portal.seen]
    policy = answer_of(portal.server_port, "/my/").headers["Content-Security-Policy"].split("; ")
    assert {"script-src 'none'", "worker-src 'none'", "connect-src 'none'"} <= set(policy)


@pytest.mark.parametrize(
    ("app", "path"),
    [("backoffice", "/backoffice/"), ("counter", "/counter/account/login/"), ("portal", "/my/")],
)
def test_each_cookie_has_the_path_of_its_app(origin, app, path):
    made = answer_of(origin.fronts[app].server_port, path).headers.get_all("Set-Cookie")

    assert len(made) > 1
    assert all(f"Path={PATHS[app]}/;" in f"{one};" for one in made), made


WAYS = ("/counter/..%2fmy/taken", "/counter/.%2e%2fmy/taken", "/counter/%2e.%2Fmy/taken", "/counter/..%5cmy/taken", "/backoffice//..%2fmy/taken")  # fmt: skip


def test_no_way_to_write_an_address_brings_cookies_of_staff_to_the_portal(staff, origin):
    portal = origin.fronts["portal"]
    links = "".join(f'<img src="{way}"><a href="{way}">go</a>' for way in WAYS)
    portal.hostile["/my/evil/"] = ([("Content-Type", "text/html")], f"<main>{links}</main>")

    for nth, _ in enumerate(WAYS):
        staff.page.goto(origin.demo.portal + "/evil/")
        staff.page.locator("main a").nth(nth).click()
        staff.page.wait_for_url("**taken**")

    assert "/my/evil/" in [path for path, _ in portal.seen]
    assert with_cookies_of(portal.seen, "backoffice", "counter") == []
    assert with_cookies_of(origin.fronts["counter"].seen, "backoffice", "portal") == []
    assert with_cookies_of(origin.fronts["backoffice"].seen, "counter", "portal") == []


TOSSED = [
    f"rollkeeper_counter_session=x; Path{more}"
    for more in ("=/", "=/counter/", " =/counter/", "=/my/; Path=/counter/", "=/counter/;Path", "\t=\t/counter/", "")
]  # fmt: skip


def test_a_broken_portal_sets_no_cookie_that_another_app_is_sent(staff, origin):
    before = cookies_of_staff(staff)
    portal = origin.fronts["portal"]
    for nth, tossed in enumerate(TOSSED):
        headers = [("Content-Type", "text/html"), ("Set-Cookie", tossed)]
        portal.hostile[f"/my/evil/{nth}/"] = (headers, "<main>Set</main>")
        staff.page.goto(f"{origin.demo.portal}/evil/{nth}/")

    after = cookies_of_staff(staff)
    staff.page.goto(origin.demo.counter + "/account/sessions/")
    assert after == before
    assert staff.page.url.endswith("/counter/account/sessions/"), "still signed in"


def cookies_of_staff(staff):
    """Return what this browser has for other paths than the portal's."""
    return {
        (one["name"], one["path"]): one["value"]
        for one in staff.page.context.cookies()
        if not one["path"].startswith("/my")
    }


@pytest.mark.parametrize("app", ["backoffice", "counter"])
def test_a_page_of_staff_takes_no_script_from_the_portal(staff, origin, app):
    origin.fronts["portal"].hostile["/my/evil.js"] = EVIL["/my/evil.js"]
    front, path = origin.fronts[app], {"backoffice": "/backoffice/campaign/", "counter": "/counter/"}[app]
    front.spoilt[path] = (
        '<script src="/my/evil.js"></script><script type="module" src="/my/evil.js"></script>'
    )

    # By the app's own policy: the proxy is not between, which refuses to hand out a script of the portal.
    staff.page.goto(origin.base + path)

    assert staff.page.evaluate(RAN) is None
    assert "violates the following Content Security Policy" in " ".join(staff.complaints)


def test_the_proxy_hands_out_nothing_of_the_portal_for_use_by_pages_of_others(staff, origin):
    portal = origin.fronts["portal"]
    portal.hostile.update(EVIL)
    asked = {
        one: answer_of(origin.port, "/my/evil.js", {"Sec-Fetch-Dest": one}).status for one in DESTINATIONS
    }

    assert asked == DESTINATIONS


DESTINATIONS = dict.fromkeys(
    ("script", "worker", "serviceworker", "sharedworker", "iframe", "frame", "embed", "object", "empty", "manifest", "speculationrules", "json"), 404
) | dict.fromkeys(("", "document", "image", "style", "font"), 200)  # fmt: skip
OF_THE_WHOLE_HOST = (
    "Clear-Site-Data", "Service-Worker-Allowed", "Strict-Transport-Security", "Alt-Svc", "NEL", "Report-To", "Reporting-Endpoints",
    "Speculation-Rules", "Use-As-Dictionary", "WWW-Authenticate",
)  # fmt: skip


def answer_of(port, path, headers=()):
    """Ask the proxy or an app without a browser; return the answer."""
    with closing(http.client.HTTPConnection("localhost", port)) as asking:
        asking.request("GET", path, headers=dict(headers))
        answer = asking.getresponse()
        answer.text = answer.read().decode()
        return answer


def test_no_app_speaks_for_the_whole_host_name(origin):
    front = origin.fronts["portal"]
    front.hostile["/my/evil/"] = ([(one, "x") for one in OF_THE_WHOLE_HOST], "said")
    front.hostile["/my/elsewhere/"] = ([("X-Accel-Redirect", "/backoffice/healthz")], "mine")
    try:
        said = answer_of(origin.port, "/my/evil/")
        led = answer_of(origin.port, "/my/elsewhere/")
    finally:
        front.hostile.clear()

    assert [one for one in OF_THE_WHOLE_HOST if "x" in said.headers.get_all(one, [])] == []
    assert said.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert led.text == "mine"
    assert "script-src 'none'" in led.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("path", "status"), [
    ("/backoffice/healthz", 200), ("/counter/healthz", 200), ("/my/healthz", 200), ("/backoffice/readyz", 404), ("/counter/readyz", 404),
    ("/my/readyz", 404), ("/my/../backoffice/healthz", 404), ("/my/%2e%2e/backoffice/readyz", 404), ("/backoffice//readyz", 404),
    ("/counter/./readyz", 404), ("/healthz", 404), ("/readyz", 404), ("/my", 301), ("/static/built/rollkeeper.css", 404), ("/my/nothing", 404),
])  # fmt: skip
def test_what_is_asked_of_the_proxy_is_under_an_apps_path(origin, path, status):
    assert answer_of(origin.port, path).status == status


def test_the_ledger_is_public_under_the_back_offices_path(origin):
    assert answer_of(origin.port, "/backoffice/ledger/").status in {200, 404}
    assert answer_of(origin.port, "/backoffice/ledger").headers["Location"] == "/backoffice/ledger/"


@pytest.mark.parametrize(
    ("way", "to"), [("/my/", "/backoffice/"), ("/backoffice/..%2fmy/", "/backoffice/"), ("/backoffice/cases/", "/backoffice/cases/")]
)  # fmt: skip
def test_a_sign_in_leads_to_no_page_of_another_app(someone, origin, way, to):
    address, request = f"{origin.demo.backoffice}/account/login/", someone.page.request
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', request.get(address).text())[1]
    form = {"login": origin.demo.usernames["supervisor"], "password": origin.demo.passwords["supervisor"]}

    answer = request.post(
        address,
        form=form | {"next": way, "csrfmiddlewaretoken": token},
        headers={"Referer": address},
        max_redirects=0,
    )

    assert answer.headers["location"] == to
