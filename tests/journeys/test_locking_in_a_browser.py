"""The counter's lock in a real browser: by key, by button, when idle; and a session that ends in the middle."""

import pytest

from rollkeeper.counter.settings import Counter
from tests.journeys.conftest import Visitor
from tests.journeys.test_counter_offline import wait_until_kept

pytestmark = pytest.mark.browser

IDLE_MS = Counter().idle_minutes * 60_000
TYPED = "Nobody Atall 4711"
HELD = "() => document.body.innerText + [...document.querySelectorAll('input, textarea')].map(one => one.value).join(' ')"


def at_the_form(visitor, address="/register/"):
    visitor.sign_in("clerk", at=visitor.demo.counter, to=address)
    return typing_into(visitor.page)


def typing_into(page):
    page.wait_for_selector("form[data-lock] kbd:visible")
    page.fill("#id_subscriber__name", TYPED)
    return page


def assert_locked(page, visitor):
    page.wait_for_url("**/account/login/**")
    page.goto(visitor.demo.counter + "/register/")
    assert "/account/login/" in page.url
    assert TYPED not in page.evaluate(HELD)


def test_one_key_locks_out_of_the_middle_of_a_field_and_the_way_back_shows_nothing(strict_visitor):
    strict_visitor.sign_in("clerk", at=strict_visitor.demo.counter)  # the page that the way back leads to
    page = strict_visitor.page
    page.goto(strict_visitor.demo.counter + "/register/")
    typing_into(page)

    page.keyboard.press("F8")

    page.wait_for_url("**/account/login/**")
    page.go_back()
    page.wait_for_load_state()
    assert TYPED not in page.evaluate(HELD)
    assert_locked(page, strict_visitor)


def test_a_key_with_a_modifier_or_a_letter_does_not_lock(strict_visitor):
    page = at_the_form(strict_visitor)

    for keys in ("Shift+F8", "Control+F8", "L", "8"):
        page.keyboard.press(keys)

    page.wait_for_timeout(300)
    assert page.url.endswith("/register/")
    assert page.input_value("#id_subscriber__name") == TYPED + "L8"


def test_the_button_locks_and_another_tab_is_wiped_with_it(strict_visitor):
    page = at_the_form(strict_visitor)
    other = page.context.new_page()
    other.goto(strict_visitor.demo.counter + "/transfer/")
    typing_into(other)

    page.get_by_role("button", name="Sign out F8").click()

    other.wait_for_url("**/account/login/**")
    assert TYPED not in other.evaluate(HELD)
    assert_locked(page, strict_visitor)


@pytest.fixture
def early_visitor(chromium, demo):
    """A visitor in a browser whose clock the test moves: it is the whole profile's."""
    context = chromium.new_context(locale="en-GB")
    context.clock.install()
    someone = Visitor(context.new_page(), demo)
    yield someone
    context.close()
    assert not someone.complaints


NO_STORE = "indexedDB.open = () => { const asked = {}; setTimeout(() => asked.onerror?.()); return asked; };"


def test_a_device_that_can_keep_nothing_is_locked_all_the_same(strict_visitor):
    strict_visitor.page.add_init_script(NO_STORE)
    page = at_the_form(strict_visitor)
    page.wait_for_load_state("networkidle")
    strict_visitor.complaints.clear()  # of the offline queue, which this device cannot have

    page.keyboard.press("F8")

    assert_locked(page, strict_visitor)
    strict_visitor.complaints.clear()


def test_an_idle_counter_locks_by_itself_and_a_used_one_does_not(early_visitor):
    page = at_the_form(early_visitor)

    page.clock.fast_forward(IDLE_MS - 5_000)
    page.keyboard.press("Tab")
    page.clock.fast_forward(IDLE_MS - 5_000)
    assert page.input_value("#id_subscriber__name") == TYPED
    page.clock.fast_forward(10_000)

    assert_locked(page, early_visitor)


def test_without_a_network_the_lock_wipes_at_once_and_signs_out_when_it_is_back(visitor):
    page = at_the_form(visitor)
    wait_until_kept(page)
    page.context.set_offline(True)

    page.keyboard.press("F8")

    page.wait_for_function("!document.querySelector('#id_subscriber__name')")
    page.wait_for_url(lambda url: "/register/" not in url)
    page.context.set_offline(False)
    page.goto(visitor.demo.counter + "/")
    assert_locked(page, visitor)


def test_a_page_that_can_be_locked_is_sound_in_every_width(visitor):
    at_the_form(visitor)

    visitor.look("counter-lock")
