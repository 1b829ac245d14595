# SPDX-License-Identifier: EUPL-1.2
"""The forms that a device keeps look without a network as they look with one, are sound there, and weigh little."""

from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import WIDTHS, Visitor
from tests.journeys.test_counter_offline import wait_until_kept

pytestmark = pytest.mark.browser

KEPT = """async () => (await (await caches.open("rollkeeper-forms")).keys()).map(one => one.url)"""
# What a reader sees of a page: colours, edges and typefaces of its elements.
LOOK = """() => Object.fromEntries(["body", ".rk-header", "main h1", "main button, main a", "main input:not([type=hidden]), main a", ".rk-footer"]
  .map(name => [name, document.querySelector(name)]).filter(([, one]) => one)
  .map(([name, one]) => { const style = getComputedStyle(one);
    return [name, ["color", "backgroundColor", "fontFamily", "fontSize", "borderTopWidth", "paddingLeft"].map(which => style[which])]; }))"""
GREATEST_FIRST_VISIT_BYTES = 226 * 1024


def opened(page, address):
    """Open an address in the width of a desk, and take down what a reader sees."""
    page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    page.goto(address)
    return page.evaluate(LOOK)


def test_every_kept_form_is_sound_and_looks_without_a_network_as_it_does_with_one(strict_visitor):
    page, counter = strict_visitor.page, strict_visitor.demo.counter
    strict_visitor.sign_in("clerk", at=counter, to="/register/")
    wait_until_kept(page)
    addresses = [one.replace("/offline/forms/", "/", 1) for one in page.evaluate(KEPT)]
    forms = [one for one in addresses if urlsplit(one).path != "/"]
    online = {one: opened(page, one) for one in forms}
    page.wait_for_load_state("networkidle")
    seen = len(strict_visitor.complaints)

    page.context.set_offline(True)
    offline = {}
    for address in addresses:
        offline[address] = opened(page, address)
        parts = urlsplit(address)
        strict_visitor.look(
            f"counter-offline{parts.path}{parts.query}".rstrip("/").replace("/", "-").replace("=", "-")
        )
    is_offline = page.get_attribute("[data-offline-queue]", "data-offline-form") is not None
    page.wait_for_load_state("networkidle")

    said = [one for one in strict_visitor.complaints[seen:] if "ERR_INTERNET_DISCONNECTED" not in one]
    strict_visitor.complaints.clear()
    assert is_offline
    assert len(online) > 15
    assert {one: offline[one] for one in forms} == online
    assert offline[counter + "/"][".rk-header"] == next(iter(online.values()))[".rk-header"]
    assert said == []


def test_the_first_visit_of_a_counter_weighs_half_of_what_it_did(chromium, demo):
    context = chromium.new_context(locale="en-GB")
    visitor = Visitor(context.new_page(), demo)
    page, came = visitor.page, []
    devtools = context.new_cdp_session(page)
    devtools.on("Network.loadingFinished", lambda said: came.append(said["encodedDataLength"]))
    devtools.send("Network.enable")

    visitor.type_login("clerk", at=demo.counter)
    page.goto(demo.counter + "/register/")
    wait_until_kept(page)
    context.close()

    assert 0 < sum(came) <= GREATEST_FIRST_VISIT_BYTES
