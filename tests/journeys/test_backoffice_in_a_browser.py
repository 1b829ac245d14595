"""The back office in a real browser: three languages, two widths, keyboard, no script, a passkey, paper."""

import gzip
import re
import urllib.parse

import pytest

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_every_page_is_sound_in_every_language_and_width(visitor, language):
    page, backoffice = visitor.page, visitor.demo.backoffice
    visitor.press_language(language)
    visitor.look("front")
    page.goto(backoffice + "/account/login/")
    visitor.look("sign-in")
    page.fill("#id_login", "nobody")
    page.fill("#id_password", "wrong")
    page.locator("main form button").first.click()
    visitor.look("sign-in-refused")

    visitor.sign_in("supervisor")
    visitor.look("campaign")
    page.click("main details summary")
    visitor.look("campaign-table")
    page.goto(backoffice + "/campaign/")
    page.locator("article.rk-card a").first.click()
    visitor.look("batch-waiting")
    with page.expect_navigation():  # it asks first whether the session is fresh enough
        page.locator("main form button").first.click()
    visitor.look("batch-not-looked-at")
    page.goto(backoffice + "/campaign/")
    page.locator("table.govuk-table td a").first.click()
    visitor.look("batch-done")
    page.goto(backoffice + "/letters/")
    page.fill("#id_references", "V2DQ-JHEG-B149\nno reference")
    page.locator("main form button").first.click()
    visitor.look("letters")
    page.goto(backoffice + "/disclosures/")
    visitor.look("demands")
    page.goto(backoffice + "/line/")
    visitor.look("line")
    page.fill("#id_number", "+8613908910003")
    page.locator("main form button").first.click()
    visitor.look("line-explained")
    page.fill("#id_number", "not a number")
    page.locator("main form button").first.click()
    visitor.look("line-not-read")
    page.goto(backoffice + "/nothing/")
    visitor.look("not-found")
    page.goto(backoffice + "/account/2fa/")
    visitor.look("second-factor")
    page.goto(backoffice + "/account/password/change/")
    visitor.look("password")
    page.goto(backoffice + "/account/2fa/totp/activate/")
    visitor.look("prove-yourself")
    page.fill("#id_password", visitor.demo.passwords["supervisor"])
    page.locator("main form button").first.click()
    page.goto(backoffice + "/account/2fa/totp/activate/")
    visitor.look("authenticator-app")
    page.goto(backoffice + "/account/2fa/webauthn/add/")
    visitor.look("security-key")


@pytest.mark.parametrize(("width", "tall", "screens"), [(1440, 900, 2), (320, 640, 4)])
def test_a_batch_to_approve_fits_a_few_screens_with_its_preview(visitor, width, tall, screens):
    page = visitor.page
    page.set_viewport_size({"width": width, "height": tall})
    visitor.sign_in("supervisor", to="/campaign/")
    page.locator("article.rk-card a").first.click()

    assert page.locator("ol.rk-preview li").count() > 1
    assert page.evaluate("document.documentElement.scrollHeight / innerHeight") <= screens


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_an_incident_is_gone_through_on_its_page(visitor, language):
    page = visitor.page
    visitor.speak(language)
    visitor.sign_in("data_protection_officer", to="/incidents/")
    visitor.look("incidents")
    page.locator("main li.rk-card a").first.click()
    visitor.look("incident")

    if not page.locator("main details.govuk-details").count():
        page.locator("form:has(input[value=scope]) button").first.click()
        visitor.look("incident-asked")
        visitor.demo.work("incident-steps", "incident-key-steps")
        page.reload()
    page.locator("main details.govuk-details summary").first.click()
    visitor.look("incident-found")
    if not page.locator("form[action$='/withdraw/']").count():
        page.locator("form:has(input[value=notify_people]) button").first.click()
        visitor.look("incident-asks")
        page.locator("main form button").first.click()
    visitor.look("incident-waits")

    assert page.locator("form[action$='/withdraw/']").count() == 1


def test_a_drill_is_gone_to_its_end_on_the_page_by_two_people(chromium, demo):
    officer, administrator = (
        Visitor(chromium.new_context(locale="en-GB").new_page(), demo) for _ in range(2)
    )

    def press(who, button):
        with who.page.expect_navigation():
            who.page.locator(button).first.click()

    for one, role in ((officer, "data_protection_officer"), (administrator, "administrator")):
        one.sign_in(role, to="/incidents/")
        press(one, "main li.rk-card a")

    def say(who, step):
        who.page.reload()
        press(who, f"form[action$='/ask/']:has(input[value={step}]) button")
        if step != "scope":
            press(who, "main form button")

    say(officer, "scope")
    demo.work("incident-steps", "incident-key-steps")
    if officer.page.locator(
        "form[action$='/withdraw/']"
    ).count():  # requested by the visitor of the page before
        press(officer, "form[action$='/withdraw/'] button")
    say(officer, "sign_out_everyone")
    for step in ("rotate_keys", "reseal", "notify_people"):
        say(officer, step)
        assert "A second approver is needed" in officer.page.inner_text("main")
        say(administrator, step)
        assert "It is done within seconds" in administrator.page.inner_text("main")
    demo.work()  # every job, here once for all journeys: none may end in a fault
    officer.page.reload()
    done = officer.page.inner_text("main")
    press(officer, "form[action$='/report-sent/'] button")
    press(officer, "form[action$='/close/'] button")
    closed = officer.page.inner_text("main")
    for one in (officer, administrator):
        one.page.context.close()

    assert done.count("touched:") == 5
    assert "Notified on" in done
    assert "The incident is closed." in closed


def test_the_policy_and_the_scripts_agree(strict_visitor):
    page, backoffice = strict_visitor.page, strict_visitor.demo.backoffice

    strict_visitor.type_login("supervisor")
    for address in ("/campaign/", "/line/", "/account/2fa/"):
        page.goto(backoffice + address)

    assert page.evaluate("document.body.classList.contains('govuk-frontend-supported')")


def test_everything_essential_works_without_a_script(scriptless_visitor):
    page, backoffice = scriptless_visitor.page, scriptless_visitor.demo.backoffice
    scriptless_visitor.press_language("zh-hans")
    chosen = page.get_attribute("html", "lang")
    scriptless_visitor.press_language("en")

    scriptless_visitor.type_login("supervisor")
    drawn = page.locator("polygon").count()
    page.goto(backoffice + "/line/")
    page.fill("#id_number", "+8613908910003")
    page.locator("main form button").first.click()

    assert chosen == "zh-hans"
    assert drawn > 0
    assert "Why this line is in its current state" in page.inner_text("h1")


def test_the_number_never_stands_in_an_address(strict_visitor):
    page = strict_visitor.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    strict_visitor.sign_in("supervisor", to="/campaign/")

    page.fill("#id_number", "+8613908910003")
    page.get_by_role("button", name="Explain").click()
    page.wait_for_load_state()

    assert "Why this line is in its current state" in page.inner_text("h1")
    assert not any("3908910003" in urllib.parse.unquote(url) for url in asked)


def test_a_batch_is_found_read_and_approved_with_the_keyboard_alone(strict_visitor):
    page = strict_visitor.page
    strict_visitor.sign_in("campaign_manager")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.className")
    tab_to(page, "article.rk-card a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/batches/*/")

    tab_to(page, "#id_checked")
    page.keyboard.press("Space")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-notification-banner--success")

    assert skip == "govuk-skip-link"
    assert "Your approval is recorded." in page.inner_text("main")


def test_after_a_fault_the_reader_begins_at_what_is_to_be_mended(strict_visitor):
    page = strict_visitor.page
    strict_visitor.sign_in("data_protection_officer", to="/incidents/open/")

    page.locator("main form button").last.click()

    page.wait_for_selector(".govuk-error-summary:has(a):focus", timeout=5_000)


def tab_to(page, selector, most=60):
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached in {most} key presses")


def test_a_passkey_is_added_and_then_lets_one_in(strict_visitor, demo):
    page, backoffice = strict_visitor.page, demo.backoffice
    # A separate account: a password alone no longer gives it access anywhere.
    demo.passwords["keyholder"] = "seven plain words of nothing"
    demo.type("staff", "add", "keyholder", "--role", "auditor", typed=demo.passwords["keyholder"] + "\n")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    strict_visitor.sign_in("keyholder", to="/account/2fa/webauthn/add/")
    page.fill("#id_password", demo.passwords["keyholder"])
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()

    page.goto(backoffice + "/account/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/campaign/")

    assert page.inner_text("h1") == "The campaign"


def test_how_a_figure_is_made_opens_in_its_place(strict_visitor):
    page = strict_visitor.page
    strict_visitor.sign_in("supervisor")
    page.wait_for_selector("body.js-enabled")
    page.set_viewport_size({"width": 1440, "height": 900})
    mark = page.locator(".rk-how__link").first

    mark.click()
    at, said = page.evaluate("scrollY"), page.inner_text("[data-how]")
    mark.click()

    assert at == 0
    assert len(said) > 20
    assert page.locator("[data-how]").count() == 0


def test_a_page_weighs_little(strict_visitor):
    page = strict_visitor.page
    loaded = {}

    def weigh(answer):
        if not re.search(r"\.woff2?$", answer.url) and answer.status == 200:
            loaded[answer.url] = len(gzip.compress(answer.body()))

    page.on("response", weigh)
    strict_visitor.sign_in("data_protection_officer")
    loaded.clear()
    page.goto(strict_visitor.demo.backoffice + "/campaign/", wait_until="networkidle")

    assert strict_visitor.demo.backoffice + "/campaign/" in loaded
    assert sum(loaded.values()) < 100_000, loaded


def test_the_page_can_be_printed(visitor):
    page = visitor.page
    visitor.sign_in("supervisor")

    page.emulate_media(media="print")

    assert page.locator(".rk-nav").is_hidden()
    assert page.locator(".rk-chart--wide").is_visible()
    assert page.pdf()


@pytest.mark.parametrize(
    "preference", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"color_scheme": "dark"}]
)
def test_it_keeps_to_what_the_reader_prefers(visitor, preference):
    visitor.sign_in("supervisor")

    visitor.page.emulate_media(**preference)

    visitor.look("campaign-" + next(iter(preference)))


def test_at_twice_the_text_size_nothing_is_lost(visitor):
    visitor.sign_in("supervisor")
    visitor.page.set_viewport_size({"width": 640, "height": 900})

    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 640
