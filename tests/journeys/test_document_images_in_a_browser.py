"""A document read at the counter in a real browser: what the picture proposes, and that it is gone afterwards."""

from pathlib import Path

import pytest

from rollkeeper.documents.specimens import Kind, make_specimen
from rollkeeper.documents.specimens.people import invent
from tests.documents.conftest import fonts  # noqa: F401 - without fonts no specimen can be drawn

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fonts")]

SEED = 11
WHO = invent(SEED)
READ_MS = 60_000
# Everything that a page shows or contains: its text, the values of its fields, the addresses of its pictures.
HELD = """() => document.body.innerText + [...document.querySelectorAll("input, textarea, img")]
  .map(one => one.src ?? one.value).join(" ")"""


@pytest.fixture(scope="module")
def picture(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("shown") / "passport.jpg"
    make_specimen(Kind.PASSPORT, seed=SEED).image.save(path, "JPEG", quality=85)
    return path


def at_the_form(visitor, language="en"):
    visitor.speak(language)
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/")
    return visitor.page


def read(page, picture):
    page.set_input_files("#picture-subscriber", str(picture))
    page.click("#read-subscriber-button")
    page.wait_for_selector("[data-clear-on-leave]", timeout=READ_MS)


def assert_nothing_is_left(page):
    held = page.evaluate(HELD)
    for value in (WHO.number, WHO.surname, WHO.given, "Nowhere Road", "data:image/jpeg"):
        assert value not in held


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_an_image_fills_the_form_in_on_a_page_that_is_sound_in_every_language(visitor, picture, language):
    page = at_the_form(visitor, language)
    visitor.look("counter-document-image")

    read(page, picture)

    assert page.input_value("#id_subscriber__document_number") == WHO.number
    assert page.input_value("#id_subscriber__document_type") == "passport"
    assert page.input_value("#id_subscriber__name") == " ".join(f"{WHO.surname} {WHO.given}".split())
    assert page.evaluate("document.activeElement.matches('[data-clear-on-leave]')")
    visitor.look("counter-read")
    page.locator("#part-subscriber [data-clear-on-leave] summary").click()
    page.wait_for_function("document.querySelector('.rk-copy').naturalWidth > 0")
    visitor.look("counter-copy")


def test_a_file_that_is_no_image_is_refused_on_a_sound_page(visitor, tmp_path):
    page, torn = at_the_form(visitor), tmp_path / "torn.pdf"
    torn.write_bytes(b"%PDF-1.4 torn")
    page.set_input_files("#picture-subscriber", str(torn))

    page.click("#read-subscriber-button")

    page.wait_for_selector(".govuk-error-summary", timeout=READ_MS)
    visitor.look("counter-document-image-refused")


def test_after_a_reading_neither_reload_nor_another_page_nor_the_way_back_shows_it(strict_visitor, picture):
    page = at_the_form(strict_visitor)

    read(page, picture)
    page.fill("#id_subscriber__address", "Nowhere Road 99")
    page.reload()
    assert_nothing_is_left(page)
    read(page, picture)
    page.fill("#id_subscriber__address", "Nowhere Road 99")
    page.goto(strict_visitor.demo.counter + "/pause/")
    page.go_back()

    page.wait_for_load_state()
    assert_nothing_is_left(page)


def test_after_a_registration_the_way_back_and_history_show_nothing_of_it(strict_visitor, picture):
    page = at_the_form(strict_visitor)
    read(page, picture)
    page.fill("#id_number", "+8613908919901")
    page.fill("#id_subscriber__address", "Nowhere Road 99")
    page.select_option("#id_language", "en")
    page.locator("form[data-offline] button[type=submit]:not(.rk-read)").click()
    page.wait_for_url("**/receipt/**", timeout=READ_MS)
    assert_nothing_is_left(page)

    page.go_back()
    page.wait_for_load_state()
    assert_nothing_is_left(page)
    page.go_forward()
    page.wait_for_load_state()

    assert_nothing_is_left(page)
    assert WHO.number not in page.url + page.title() + page.evaluate("JSON.stringify(history.state)")
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert not [value for value in (WHO.number, WHO.surname, "Nowhere Road") if value in stored]
    quiet = (
        "[...document.querySelectorAll('form[data-quiet] :is(input:not([type=hidden]), textarea)[name*=__]')]"
        ".every(one => one.autocomplete === 'off')"
    )
    page.goto(strict_visitor.demo.counter + "/register/")
    assert page.evaluate(quiet)
