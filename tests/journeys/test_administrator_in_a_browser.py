# SPDX-License-Identifier: EUPL-1.2
"""An administrator invites a new clerk, who sets a password and signs in at the counter: no command is typed."""

import re

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "nine plain words that no one would ever say"


def test_an_administrator_invites_a_clerk_who_signs_in(visitor, demo):
    page = visitor.page
    visitor.sign_in("administrator")
    assert page.url == f"{demo.backoffice}/administration/"
    visitor.look("administration")

    page.click("main >> text=Invite someone")
    page.fill("#id_username", "clerk-77")
    page.check("input[name=roles][value=clerk]")
    page.fill("#id_password", demo.passwords["administrator"])
    visitor.look("staff-add")
    page.click("main button >> text=Make the account and invite")
    code = page.inner_text(".govuk-panel__body")
    assert re.fullmatch(r"[A-Z2-9]{5}(-[A-Z2-9]{5}){3}", code)
    page.click("text=All accounts")
    visitor.look("staff")
    page.click("main >> text=clerk-77")
    visitor.look("staff-account")
    page.click("header >> text=Sign out")

    page.goto(f"{demo.backoffice}/")
    visitor.look("front")
    page.click("text=I have an invitation")
    for field, value in (
        ("username", "clerk-77"),
        ("code", code),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ):
        page.fill(f"#id_{field}", value)
    visitor.look("invitation")
    page.click("main button >> text=Set the password")
    page.fill("#id_login", "clerk-77")
    page.fill("#id_password", PASSWORD)
    page.click("main form button >> nth=0")
    assert page.url == f"{demo.backoffice}/account/2fa/"
    page.goto(f"{demo.backoffice}/")
    assert "Your app: Counter" in page.inner_text("main")

    page.goto(f"{demo.counter}/account/login/")
    page.fill("#id_login", "clerk-77")
    page.fill("#id_password", PASSWORD)
    page.click("main form button >> nth=0")
    assert page.url == f"{demo.counter}/"
    assert "clerk-77" in page.inner_text("header")


def test_the_menu_is_a_button_on_a_telephone_and_works_without_a_script(scriptless_visitor):
    page = scriptless_visitor.page
    scriptless_visitor.type_login("administrator")
    page.set_viewport_size({"width": 320, "height": 700})

    assert not page.is_visible("nav a:has-text('Staff')")
    page.click("summary:has-text('Menu')")
    page.click(".rk-menu >> text=Staff")

    assert page.url.endswith("/staff/")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_menu_is_one_row_at_a_desk(visitor, language):
    page = visitor.page
    visitor.speak(language)
    visitor.sign_in("data_protection_officer")
    page.set_viewport_size({"width": 1440, "height": 900})

    tops = page.evaluate(
        "[...document.querySelectorAll('.rk-nav .rk-nav__list > li')].map(one => one.offsetTop)"
    )

    assert len(tops) > 4
    # A count next to an entry moves it by a pixel; a second row would be some forty lower.
    assert max(tops) - min(tops) < 10


def test_a_demo_is_looked_around_without_a_password(visitor, demo):
    page = visitor.page
    page.goto(f"{demo.backoffice}/")
    page.click("main button:has-text('Auditor')")
    assert page.url == f"{demo.backoffice}/campaign/"


def test_a_dark_page_is_dark_and_its_text_is_light(visitor, demo):
    page = visitor.page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{demo.backoffice}/")

    seen = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
    )

    assert seen == ["rgb(16, 25, 31)", "rgb(232, 238, 242)"]
    visitor.look("front-dark")
