# SPDX-License-Identifier: EUPL-1.2
"""The counter's pages and the subscriber portal as a browser gets them on a slow network, and a clerk at the keyboard.

The real apps and a real Chromium. The network is Lighthouse's slow 4G, set through the browser's own protocol: 150 ms for a round trip,
counted 3.75 times for each request as for new connections, 1.6 Mbit/s, a processor four times slower. A page counts as usable once it
is painted, its scripts have run and no long task blocks it. Kilobytes are those that came over the network. The browser runs in a
separate process: in the process of its driver's event loop Django refuses to use a database.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.settings import data_dir
from rollkeeper.vault.services import begin_first_epoch
from tests.operations.test_process_supervisor import free_ports, started

Row = tuple[str, int, float, float | None, float | None, str]

ROOT = Path(__file__).parents[2]
USERNAME, PASSWORD = "clerk-01", "an invented pass phrase"
PAGES = {
    "find a line": "/", "register": "/register/", "register a company": "/register/?kind=company", "transfer": "/transfer/",
    "receipts": "/receipts/",
}  # fmt: skip
LOADS, CHARACTERS_A_SECOND, QUIET_MS = 3, 5, 1_000
"""`QUIET_MS`: how long a page is watched after it has loaded."""
TRIAL = 1_000
"""Below this size it is a trial run of this bench: one page of the counter is loaded once, a clerk types ten times as fast, a page is
watched for a tenth of the time, and the processor is not slowed."""
ROUND_TRIP_MS, TIMES_A_REQUEST = 150, 3.75
SLOW_4G = {"offline": False, "downloadThroughput": 1474.56 * 1024 / 8, "uploadThroughput": 675 * 1024 / 8}
SLOWER = 4
BROWSER = "import django, json, sys; django.setup(); from tests.bench import bench_pages as of; print(json.dumps(of.look(*sys.argv[1:])))"
OBSERVED = """
window.longest = 0;
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.startTime + task.duration);
}).observe({type: "longtask", buffered: true});
"""
USABLE = """() => Math.max(window.longest, performance.getEntriesByName("first-contentful-paint")[0].startTime,
  performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd) / 1000"""


def run(sizes: list[int]) -> Iterator[Row]:
    """Serve the apps and measure them in a browser; the sizes only say whether it is a trial run."""
    is_trial = min(sizes) < TRIAL
    pace = CHARACTERS_A_SECOND * (10 if is_trial else 1)
    begin_first_epoch()
    add_staff(
        console_authority(), username=USERNAME, password=PASSWORD, roles=[StaffRole.CLERK], on=clock.today()
    )
    port = free_ports()
    with started(data_dir(), port, *(("--app", "counter") if is_trial else ())):
        notified = {"loads": 1 if is_trial else LOADS, "pages": 1 if is_trial else len(PAGES), "pace": pace}
        notified |= (
            {"quiet_ms": QUIET_MS // 10, "slower": 1}
            if is_trial
            else {"quiet_ms": QUIET_MS, "slower": SLOWER}
        )
        addresses = (f"http://localhost:{port + nth}" for nth in (1, 2))
        browser = [sys.executable, "-c", BROWSER, *addresses, json.dumps(notified)]
        seen = json.loads(subprocess.check_output(browser, cwd=ROOT))
    for page, loads in seen["pages"].items():
        weight = statistics.median(one["kilobytes"] for one in loads)
        files = loads[0]["files"]
        yield (
            f"page '{page}', kilobytes over the wire without fonts",
            files,
            weight,
            100,
            weight / 100,
            "100 KB",
        )
        for when, of in (
            ("first", "first"),
            ("once its files are there", "later"),
            ("first, a round trip a request", "plain"),
        ):
            usable = statistics.median(one[of] for one in loads)
            yield f"page '{page}' can be used on slow 4G, {when}", len(loads), usable, None, None, "1 s"
    typed = seen["typed"]
    what = f"a person registered with the keyboard alone, {typed['characters']} characters at {pace} a second"
    yield (
        f"{what}, {typed['presses']} presses beyond them",
        1,
        typed["seconds"],
        None,
        None,
        "60 s; 25 presses",
    )


def look(address: str, entrance: str, notified: str) -> dict[str, Any]:
    """Load the pages several times, without and with cached files, and register a person; runs in a separate process."""
    given = json.loads(notified)
    import shutil

    from playwright.sync_api import sync_playwright

    browsers = ("chromium", "chromium-browser")
    if given["loads"] < LOADS:
        browsers = ("chromium-headless-shell", *browsers)  # a trial: it does half the work
    found = next(filter(None, map(shutil.which, browsers)), None)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        signed_in = chromium.new_context(locale="en-GB", service_workers="block")
        page = signed_in.new_page()
        page.goto(address + "/account/login/")
        page.fill("#id_login", USERNAME)
        page.fill("#id_password", PASSWORD)
        with page.expect_navigation():
            page.locator("main form button").first.click()
        state = signed_in.storage_state()
        # A browser without cached files must not have the cookie that says that it has some.
        state["cookies"] = [one for one in state["cookies"] if not one["name"].endswith("_look")]
        asked = {"the subscriber portal": (None, entrance), "sign in": (None, address + "/account/login/")}
        asked |= {name: (state, address + path) for name, path in PAGES.items()}
        some = list(asked)[-given["pages"] :] if given["pages"] < len(PAGES) else list(asked)
        pages = {name: [_load(chromium, *asked[name], given) for _ in range(given["loads"])] for name in some}
        return {"pages": pages, "typed": _typed(page, address, 1 / given["pace"])}


def _load(chromium: Any, state: Any, address: str, given: dict[str, Any]) -> dict[str, float]:
    plain = _visit(chromium, state, address, given, latency_ms=ROUND_TRIP_MS)
    slow = _visit(chromium, state, address, given, latency_ms=ROUND_TRIP_MS * TIMES_A_REQUEST)
    return slow | {"plain": plain["first"]}


def _visit(
    chromium: Any, state: Any, address: str, given: dict[str, Any], *, latency_ms: float
) -> dict[str, float]:
    """Load a page with an empty cache, and once more with its files cached."""
    # The browser's protocol slows a page but not its service worker, which would answer at once: no service worker here.
    context = chromium.new_context(locale="en-GB", storage_state=state, service_workers="block")
    context.add_init_script(OBSERVED)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_4G | {"latency": latency_ms})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": given["slower"]})
    fonts, came = set(), []
    devtools.on(
        "Network.responseReceived", lambda said: said["type"] == "Font" and fonts.add(said["requestId"])
    )
    devtools.on(
        "Network.loadingFinished", lambda said: came.append((said["requestId"], said["encodedDataLength"]))
    )
    page.goto(address, wait_until="load")
    files = [size for request, size in came if request not in fonts]
    page.wait_for_timeout(given["quiet_ms"])
    first = page.evaluate(USABLE)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(given["quiet_ms"])
    later = page.evaluate(USABLE)
    context.close()
    return {"first": first, "later": later, "kilobytes": sum(files) / 1000, "files": len(files)}


def _typed(page: Any, address: str, seconds_a_character: float) -> dict[str, float]:
    """Register a person with the keyboard alone, at the speed of a person typing."""
    from time import monotonic, sleep

    from tests.journeys.test_double_clicks_in_a_browser import Clerk
    from tests.registration.people import person

    class Typing(Clerk):
        """A clerk who takes as long for each key as people do."""

        characters = 0

        def press(self, key: str) -> None:
            sleep(seconds_a_character)
            super().press(key)

        def type_into(self, field: str, text: str) -> None:
            self.go_to(field)
            self.page.keyboard.type(text, delay=seconds_a_character * 1000)
            self.characters += len(text)

    page.goto(address + "/register/")
    page.wait_for_selector("form[data-lock] kbd:visible")
    clerk, who, began = Typing(page), person(name="Invented Example Person"), monotonic()
    clerk.register("+8613908919911", who)
    page.wait_for_url("**/receipt/**")
    return {"seconds": monotonic() - began, "presses": clerk.presses, "characters": clerk.characters}
