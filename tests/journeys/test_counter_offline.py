"""The counter while its wire is cut at every step: nothing lost, nothing twice."""

import datetime as dt
import json
import re
import time
from itertools import count
from types import SimpleNamespace

import pytest

from tests.journeys.conftest import Profile, Visitor, answer_last_questions
from tests.journeys.test_counter_on_paper import printed
from tests.journeys.wire import wired
from tests.superuser import as_superuser

pytestmark = pytest.mark.browser

DAY_AND_TIME = {
    "en": r"\d+ [A-Z]\w+ \d{4}, \d\d:\d\d",
    "zh-hans": r"\d{4}年\d+月\d+日 \d\d:\d\d",
    "bo": r"\d{4} ལོའི་ཟླ་ \d+ པའི་ཚེས་ \d+ ཆུ་ཚོད་ \d\d:\d\d",
}
"""As the register writes them."""
FULL = """() => { IDBObjectStore.prototype.put = function () { throw new DOMException("full", "QuotaExceededError"); }; }"""
BUTTON = "form[data-offline] button[type=submit]:not([form])"
SLIP = "[data-slip]:not([hidden])"
NAME, ADDRESS = "འཇིགས་མེད་ཟླ་བ་ཟབ་མོ་", "Kesang Invented Job 4711 Zzyzx"
COUNT = "SELECT count(*) FROM ledger_entry WHERE verb = 'line:tenure:registered' AND staff_id IS NOT NULL"
CARRIED = "SELECT body FROM ledger_entry WHERE verb = 'offline:registration:processed' ORDER BY entry_id DESC LIMIT 1"
# The mark that all empty forms are kept is written last.
KEPT = """() => !!navigator.serviceWorker.controller && new Promise(done => {
  const asked = indexedDB.open('rollkeeper-counter');
  asked.onsuccess = () => {
    const [state, got] = [asked.result.transaction('state').objectStore('state'), []];
    for (const name of ['forms', 'ticket']) state.get(name).onsuccess = (one) => {
      got.push(!!one.target.result);
      if (got.length === 2) { asked.result.close(); done(got[0] && got[1]) }
    };
  };
})"""
_numbers = count(1)


def wait_until_kept(page):
    """Wait until the device has all that it needs; `wait_for_function` takes a promise for a yes."""
    deadline = time.monotonic() + 60
    while not page.evaluate(KEPT):
        assert time.monotonic() < deadline, "the device did not get its forms and its ticket"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def device(demo, chromium):
    """A profile, and a wire from it that can be cut. It has all that it needs without a network once a clerk was there."""
    with wired(int(demo.counter.rsplit(":", 1)[1])) as wire:
        profile = Profile(chromium)
        yield profile, wire
        profile.close()


@pytest.fixture
def at_counter(demo, device):
    """A clerk, signed in over a wire that can be cut, whose device has all that it needs without a network."""
    profile, wire = device
    clerk = Clerk(profile.visitor(demo).page, demo, wire)
    clerk.sign_in()
    yield clerk
    profile.leave()
    wire.mend()


class Clerk:
    """A clerk far from the next mast."""

    def __init__(self, page, demo, wire):
        self.page, self.demo, self.wire = page, demo, wire
        self.base = f"http://localhost:{wire.port}"

    def sign_in(self):
        Visitor(self.page, self.demo).sign_in("clerk", at=self.base, to="/register/")
        wait_until_kept(self.page)

    def fill(self):
        """Fill in the form; return the person's document number."""
        nth = next(_numbers)
        document = f"QQ{nth:07d}"
        self.page.fill("#id_number", f"+86139777{nth:05d}")
        self.page.fill("#id_subscriber__name", NAME)
        self.page.fill("#id_subscriber__address", ADDRESS)
        self.page.select_option("#id_subscriber__document_type", "other")
        self.page.fill("#id_subscriber__document_number", document)
        answer_last_questions(self.page)
        return document

    def submit(self):
        self.page.click(BUTTON)

    def take_down(self):
        self.fill()
        self.submit()
        self.page.wait_for_selector(SLIP, timeout=30_000)

    def waits_for(self, *outcomes, by_itself=False):
        """Wait until the list on the page says so, in this order.

        Unless it shall come about by itself, the page is told again and again that there is a network: it asks at once, not every few seconds.
        """
        page = self.page
        if not by_itself and "waiting" not in outcomes:
            page.evaluate("window.told = setInterval(() => window.dispatchEvent(new Event('online')), 200)")
        page.wait_for_function(
            "want => JSON.stringify([...document.querySelectorAll('[data-list] [data-key]')].map(r => r.dataset.outcome)) === want",
            arg="[" + ",".join(f'"{one}"' for one in outcomes) + "]", timeout=45_000,
        )  # fmt: skip
        page.evaluate("clearInterval(window.told)")

    def registered(self):
        """Count what clerks registered in the instance, by the ledger."""
        return self.ask(COUNT)

    def ask(self, statement):
        """Ask the instance's register one thing."""
        with pytest.MonkeyPatch.context() as there:
            there.setenv("ROLLKEEPER_HOME", str(self.demo.data_dir))
            with as_superuser() as owner:
                return owner.execute(statement).fetchone()[0]


@pytest.mark.parametrize("how", ["dead", "mid_request", "no_answer", "hangs", "unplugged"])
def test_a_wire_cut_at_the_submission_loses_nothing_and_does_nothing_twice(at_counter, how):
    before, page = at_counter.registered(), at_counter.page
    at_counter.fill()

    page.context.set_offline(how == "unplugged")
    if how == "hangs":
        page.evaluate(
            "htmx.config.timeout /= 10"
        )  # a tenth of the patience is enough to see; none at all would stay none
    at_counter.wire.cut(how if how != "unplugged" else "dead")
    at_counter.submit()
    page.wait_for_selector(SLIP, timeout=30_000)
    assert page.input_value("#id_subscriber__name") == ""
    assert NAME not in page.content()
    at_counter.waits_for("waiting")
    page.context.set_offline(False)
    at_counter.wire.mend()

    at_counter.waits_for("done", by_itself=how in {"dead", "unplugged"})
    assert at_counter.registered() == before + 1
    page.locator("[data-receipt]").click()
    page.wait_for_url("**/receipt/**")
    assert "The subscriber of the line is registered." in page.inner_text("main")


def test_a_wire_cut_at_submission_registers_once_as_of_the_offline_time(
    at_counter,
):
    before = at_counter.registered()
    at_counter.wire.cut()
    begun = time.monotonic()
    at_counter.take_down()

    at_counter.wire.cut("no_answer")  # it arrives, and the page never hears of it
    deadline = time.monotonic() + 45
    while at_counter.registered() == before:
        assert time.monotonic() < deadline, "nothing arrived"
        time.sleep(0.05)
    waited = time.monotonic() - begun
    at_counter.waits_for("waiting")
    at_counter.wire.mend()

    at_counter.waits_for("done")
    facts = json.loads(at_counter.ask(CARRIED))["facts"]
    taken, received = (dt.datetime.fromisoformat(facts[name]) for name in ("effective_at", "received_at"))
    assert at_counter.registered() == before + 1
    assert dt.timedelta(0) < received - taken < dt.timedelta(seconds=waited)


def test_without_a_network_a_passport_is_taken_down_with_its_state_alone(at_counter):
    page, state = at_counter.page, "#id_subscriber__document_state"
    at_counter.wire.cut()
    page.context.set_offline(True)
    at_counter.fill()
    page.select_option("#id_subscriber__document_type", "passport")

    at_counter.submit()
    missing = page.eval_on_selector(
        state, "one => one === document.activeElement && one.validity.valueMissing"
    )
    page.fill(state, "NPL")
    at_counter.submit()
    page.wait_for_selector(SLIP, timeout=30_000)
    page.context.set_offline(False)
    at_counter.wire.mend()

    assert missing
    at_counter.waits_for("done")


def test_a_receipt_that_the_wire_kept_back_is_there_once_it_is_mended(at_counter):
    before, page = at_counter.registered(), at_counter.page
    at_counter.fill()
    at_counter.wire.cut("answered")

    at_counter.submit()
    page.wait_for_url("**/receipt/**")
    page.wait_for_selector("[data-offline-form]", state="attached")
    at_counter.wire.mend()
    page.reload()

    assert "The subscriber of the line is registered." in page.inner_text("main")
    assert at_counter.registered() == before + 1


def test_a_wire_cut_at_any_choice_leads_to_the_kept_forms_and_loses_nothing(at_counter):
    page = at_counter.page
    at_counter.fill()
    page.set_input_files(
        "#picture-subscriber", {"name": "card.jpg", "mimeType": "image/jpeg", "buffer": b"invented"}
    )
    at_counter.wire.cut()

    page.click("#read-subscriber-button")
    page.wait_for_function("() => document.querySelector('[data-state]').textContent.includes('No network')")
    kept = page.input_value("#id_subscriber__name")
    at_counter.wire.mend()
    page.goto(at_counter.base + "/")
    page.fill("#id_number", "+8613977700001")
    at_counter.wire.cut()
    page.locator("main form button").first.click()
    page.wait_for_selector("[data-offline-form]", state="attached")

    assert kept == NAME
    assert page.locator("main a[href='/register/']").count() == 1


def test_a_form_that_is_sent_before_the_page_can_send_it_waits_and_gets_its_receipt(demo, chromium):
    context, held = chromium.new_context(locale="en-GB", service_workers="block"), []
    context.route("**/htmx*.js*", lambda route: held.append(route))  # noqa: PLW0108 - it is given a mark, which a list's method cannot carry
    clerk = Clerk(context.new_page(), demo, SimpleNamespace(port=demo.counter.rsplit(":", 1)[1]))
    with clerk.page.expect_response("**/offline/kept-forms/"):
        Visitor(clerk.page, demo).sign_in("clerk", at=clerk.base, to="/register/")
    before = clerk.registered()
    clerk.fill()

    clerk.submit()
    clerk.page.wait_for_timeout(500)
    slips = clerk.page.locator(SLIP).count()
    held[0].continue_()

    clerk.page.wait_for_url("**/receipt/**")
    assert slips == 0
    assert clerk.registered() == before + 1
    context.close()


def test_forms_missed_by_a_cut_wire_are_fetched_later_and_the_page_installs(demo, chromium):
    with wired(int(demo.counter.rsplit(":", 1)[1])) as wire:
        context = chromium.new_context(locale="en-GB")
        clerk = Clerk(context.new_page(), demo, wire)
        wire.cut("no_forms")
        Visitor(clerk.page, demo).sign_in("clerk", at=clerk.base, to="/register/")
        clerk.page.wait_for_function("() => !!navigator.serviceWorker.controller")
        before = clerk.page.evaluate(KEPT)

        wire.mend()

        wait_until_kept(clerk.page)
        devtools = context.new_cdp_session(clerk.page)
        missing = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        context.close()
    assert not before
    # A temporary profile cannot be installed to: nothing else prevents it.
    assert [one["errorId"] for one in missing] in ([], ["in-incognito"])


def test_a_page_opened_without_a_network_takes_down_in_order_and_two_tabs_send_once(at_counter):
    before, page = at_counter.registered(), at_counter.page
    at_counter.wire.cut()
    page.reload()
    assert page.get_attribute("[data-offline-queue]", "data-offline-form") is not None

    at_counter.take_down()
    page.goto(at_counter.base + "/register/?kind=individual")
    at_counter.take_down()
    other = page.context.new_page()
    other.goto(at_counter.base + "/nowhere-of-old/")
    assert other.locator("a[href='/register/']").count() == 1
    at_counter.wire.mend()

    at_counter.waits_for("done", "done", by_itself=True)
    assert at_counter.registered() == before + 2


def test_what_was_sealed_is_sent_by_the_next_clerk_after_the_session_ended(at_counter):
    before, page = at_counter.registered(), at_counter.page
    at_counter.fill()
    page.context.clear_cookies(name="rollkeeper_counter_session")

    at_counter.submit()
    page.wait_for_selector(SLIP, timeout=30_000)
    page.wait_for_function("() => document.querySelector('[data-state]').textContent.includes('signed out')")
    at_counter.sign_in()

    at_counter.waits_for("done")
    assert at_counter.registered() == before + 1


def test_a_page_that_never_got_a_ticket_says_so_and_keeps_what_was_entered(demo, chromium):
    with wired(int(demo.counter.rsplit(":", 1)[1])) as wire:
        context = chromium.new_context(locale="en-GB")
        context.route("**/offline/ticket/", lambda route: route.abort())
        clerk = Clerk(context.new_page(), demo, wire)
        Visitor(clerk.page, demo).sign_in("clerk", at=clerk.base, to="/register/")
        clerk.page.wait_for_load_state("networkidle")
        clerk.fill()

        wire.cut()
        clerk.submit()

        clerk.page.wait_for_function(
            "() => document.querySelector('[data-state]').textContent.includes('has no encryption key')"
        )
        assert clerk.page.input_value("#id_subscriber__name") == NAME
        assert clerk.page.locator(SLIP).count() == 0
        context.close()


def test_a_full_device_says_so_and_keeps_what_was_entered(at_counter):
    at_counter.fill()
    at_counter.page.evaluate(FULL)
    at_counter.wire.cut()

    at_counter.submit()

    at_counter.page.wait_for_function(
        "() => document.querySelector('[data-state]').textContent.includes('the storage of this device is full')"
    )
    assert at_counter.page.input_value("#id_subscriber__name") == NAME
    assert at_counter.page.locator(SLIP).count() == 0


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_slip_and_a_refusal_are_sound_in_every_language_and_width(visitor, language):
    page, counter = visitor.page, visitor.demo.counter
    visitor.speak(language)
    clerk = Clerk(page, visitor.demo, SimpleNamespace(port=counter.rsplit(":", 1)[1]))
    clerk.sign_in()
    clerk.fill()
    page.uncheck("#id_double_checked")
    page.set_input_files(
        "#picture-subscriber", {"name": "card.jpg", "mimeType": "image/jpeg", "buffer": b"invented"}
    )

    page.context.set_offline(True)
    clerk.submit()
    page.wait_for_selector(SLIP, timeout=30_000)
    assert page.is_visible("[data-slip-left]")
    assert re.fullmatch(DAY_AND_TIME[language], page.inner_text("[data-slip-at]"))
    assert page.evaluate("document.querySelector('#picture-subscriber').files.length") == 0
    visitor.look("counter-slip")
    page.context.set_offline(False)

    clerk.waits_for("refused")
    row = page.locator("[data-list] [data-key]")
    assert row.locator("p").inner_text()
    visitor.look("counter-refused")
    page.evaluate("window.print = () => { window.wasPrinted = true }")
    page.click("[data-printer] button")
    words, sheets = printed(page)
    assert page.evaluate("window.wasPrinted")
    assert sheets == 1
    assert row.locator("[data-reference]").inner_text() in words
    assert page.inner_text("#slip-title") not in words
    assert page.inner_text("#offline-queue-title") not in printed(page)[0]
    row.locator("[data-remove]").click()
    clerk.waits_for()
    visitor.complaints.clear()  # a browser says of each request that it could not be sent


def test_nothing_missing_is_taken_down(at_counter):
    at_counter.wire.cut()
    at_counter.page.reload()
    at_counter.page.fill("#id_number", "+8613977799999")

    at_counter.submit()

    at_counter.page.wait_for_timeout(500)
    assert at_counter.page.locator(SLIP).count() == 0
