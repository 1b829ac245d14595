"""Passkeys in a real Chromium with a virtual device: an agent's counter is registered by one."""

import pytest

pytestmark = pytest.mark.browser

PASSWORD = "an invented counter of an agent"


def device(page, **more):
    """Give a page a device that holds passkeys and checks its owner, as a telephone or a laptop does."""
    network = page.context.new_cdp_session(page)
    network.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    network.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})
    return network


@pytest.fixture(scope="module")
def shop(demo, tmp_path_factory):
    """An agent that is let in, with an outlet and two accounts there."""
    shown = tmp_path_factory.mktemp("shop") / "shown.txt"
    shown.write_text("invented", "utf-8")
    words = [("add", "agent-018")]
    words += [
        ("evidence", "agent-018", one, str(shown))
        for one in ("terms", "no_own_copies", "own_accounts", "own_device", "trained", "no_subagents")
    ]
    words += [("approve", "agent-018"), ("add-outlet", "agent-018", "lhasa-18", "--hours", "always")]
    for one in words:
        demo.type("agents", *one)
    for username in ("shop-18", "shop-19", "shop-20"):
        demo.type("staff", "add", username, "--role", "clerk", typed=f"{PASSWORD}\n")
        demo.type("agents", "assign", username, "agent-018", "lhasa-18")


def add_passkey(visitor, username):
    """Sign in at the back office, where nothing else is open to a clerk, and add a passkey in this device."""
    page = visitor.page
    page.goto(visitor.demo.backoffice + "/account/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.goto(visitor.demo.backoffice + "/account/2fa/webauthn/add/")
    page.fill("#id_password", PASSWORD)  # asked for again, since it changes how the user signs in
    page.locator("main form button").first.click()
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.get_by_text("Security key added.").wait_for()


def sign_in_by_it(visitor):
    page = visitor.page
    page.goto(visitor.demo.counter + "/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(visitor.demo.counter + "/")


def test_a_counter_opens_with_the_passkey_registered_there_and_with_no_other(visitor, shop):
    page, counter = visitor.page, visitor.demo.counter
    device(page)
    add_passkey(visitor, "shop-18")
    sign_in_by_it(visitor)
    page.goto(counter + "/register/")
    before = page.inner_text("main")

    visitor.demo.type("agents", "add-device", "shop-18")
    page.goto(counter + "/register/")

    assert "not registered" in before
    assert page.locator("#id_number").count() == 1


def test_a_locked_counter_opens_again_with_enter_and_the_passkey(visitor, shop):
    page = visitor.page
    device(page)
    add_passkey(visitor, "shop-20")
    sign_in_by_it(visitor)

    page.keyboard.press("F8")
    page.wait_for_url("**/account/login/**")
    page.wait_for_function("document.activeElement.id === 'passkey_login'")
    page.keyboard.press("Enter")

    page.wait_for_url(visitor.demo.counter + "/")


def test_a_passkey_that_travels_between_devices_says_nothing_of_a_place(visitor, shop):
    device(visitor.page, defaultBackupEligibility=True, defaultBackupState=True)
    add_passkey(visitor, "shop-19")

    said = visitor.demo.type("agents", "add-device", "shop-19", answer=1)

    assert "no new passkey that stays in one device" in " ".join(said.split())
