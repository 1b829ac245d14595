"""The pages about agents and of the evidence in a real Chromium, in every language and width, looked at by axe."""

import pytest

from tests.journeys.conftest import Visitor, answer_last_questions
from tests.registration.people import person

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def filled(demo, tmp_path_factory):
    """An agent that shows all but one requirement, with a place and a finding; the report of a quarter of the demo."""
    folder = tmp_path_factory.mktemp("agents")
    shown = folder / "shown.txt"
    shown.write_text("invented", "utf-8")
    demo.type("agents", "add", "agent-017")
    demo.type("agents", "evidence", "agent-017", "trained", str(shown))
    demo.type(
        "agents",
        "add-outlet",
        "agent-017",
        "lhasa-03",
        "--hours",
        "mon-fri 09:00-12:00 14:00-18:00; sat 09:00-13:00",
    )
    demo.type("agents", "audit", "agent-017", "--finding", "own_device:major:2012-02-01")
    demo.type("ledger", "publish", str(folder / "ledger"))
    demo.type("reports", "make", "--from", "2011-10-01", "--to", "2011-12-31", str(folder / "report"))
    demo.type("reports", "verify", str(folder / "report"), "--ledger", str(folder / "ledger"))


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_are_sound_in_every_language_and_width(visitor, filled, language):
    page, backoffice = visitor.page, visitor.demo.backoffice
    visitor.speak(language)
    visitor.sign_in("supervisor", to="/agents/")
    visitor.look("backoffice-agents")
    for address in ("agents/agent-017", "reports"):
        page.goto(f"{backoffice}/{address}/")
        visitor.look("backoffice-" + address.replace("/", "-"))
    assert page.locator("main h3 + table[aria-labelledby]").count() > 10
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/figures/")
    page.click(f"button[name=language][value={language}]")
    visitor.look("counter-figures")


def keep_passkeys(page):
    """Give the browser an authenticator whose passkeys stay in it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def register(page, counter, number, who):
    page.goto(counter + "/register/")
    page.fill("#id_number", number)
    for name in ("name", "address", "document_number"):
        page.fill(f"#id_subscriber__{name}", who[name])
    page.select_option("#id_subscriber__document_type", who["document_type"])
    answer_last_questions(page)
    page.click("form[data-quiet] button[type=submit]:not(.rk-read)")


def test_an_agents_clerk_registers_people_at_a_device_that_was_registered(visitor, chromium):
    demo, name, page = visitor.demo, "clerk-of-101", visitor.page
    demo.passwords[name] = "seven plain words of an agent"
    demo.type("staff", "add", name, "--role", "clerk", typed=demo.passwords[name] + "\n")
    visitor.sign_in("administrator", to="/agents/agent-101/open_outlet/")
    page.fill("#id_outlet", "lhasa-77")
    page.fill("#id_hours", "always")
    page.locator("main form button").first.click()
    page.goto(demo.backoffice + "/agents/agent-101/assign/")
    page.fill("#id_username", name)
    page.select_option("#id_outlet", "lhasa-77")
    page.locator("main form button").first.click()
    context = chromium.new_context(locale="en-GB")
    clerk = Visitor(context.new_page(), demo)
    keep_passkeys(clerk.page)
    clerk.sign_in(name, at=demo.counter, to="/register/")
    assert "This device is not registered at lhasa-77." in clerk.page.inner_text("main")
    clerk.sign_in(name, to="/account/2fa/")
    clerk.page.goto(demo.counter + "/account/sessions/")
    clerk.page.click("text=Your password, passkeys and codes")
    clerk.page.goto(demo.backoffice + "/account/2fa/webauthn/add/")
    clerk.page.fill("#id_password", demo.passwords[name])
    clerk.page.locator("main form button").first.click()
    clerk.page.wait_for_load_state()
    clerk.page.check("#id_passwordless")
    clerk.page.click("#mfa_webauthn_add")
    clerk.page.wait_for_url("**/recovery-codes/**")

    visitor.look("backoffice-agent-outlets")
    page.get_by_role("button", name=f"register a device {name}").click()
    visitor.look("backoffice-register-device")
    with page.expect_navigation():
        page.get_by_role("button", name="Register the device").click()
    assert "The device is registered." in page.inner_text("main")
    clerk.page.goto(demo.counter + "/account/sessions/")
    with clerk.page.expect_navigation():
        clerk.page.get_by_role("button", name="Sign out").click()
    clerk.page.click("#passkey_login")
    clerk.page.wait_for_url(demo.counter + "/")
    register(clerk.page, demo.counter, "+8613908977101", person())
    clerk.page.wait_for_url("**/receipt/**")

    page.goto(demo.backoffice + "/agents/agent-101/")
    page.get_by_role("button", name=f"end its devices {name}").click()
    with page.expect_navigation():
        page.get_by_role("button", name="End the devices").click()
    clerk.page.goto(demo.counter + "/register/")
    assert "This device is not registered at lhasa-77." in clerk.page.inner_text("main")
    context.close()
