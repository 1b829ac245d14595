# SPDX-License-Identifier: EUPL-1.2
"""A domain registrar, a hosting company and an access provider, end to end: a counter registers by the customer's own reference, the
customer signs in at the portal by e-mail and sees the record, and the contract ends.
"""

import json
import re
import time

import pytest

from tests.journeys.conftest import Visitor, answer_last_questions
from tests.journeys.test_clerk_at_a_counter import SUBMIT
from tests.registration.people import person

pytestmark = pytest.mark.browser

PROVIDERS = [
    ("domain", "tashi-shop.example.cn"),
    ("hosted_site", "https://tashi-shop.example.cn"),
    ("internet_access", "tashi@isp.example"),
    ("internet_access", "#100200300"),
]


@pytest.mark.parametrize(("service", "reference"), PROVIDERS)
def test_a_customer_is_registered_signs_in_by_mail_and_ends_the_contract(
    visitor, chromium, service, reference
):
    page, who = visitor.page, person()
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/")
    page.fill("#id_number", reference)
    page.select_option("#id_service", service)
    for name in ("name", "address", "document_number"):
        page.fill(f"#id_subscriber__{name}", who[name])
    page.select_option("#id_subscriber__document_type", who["document_type"])
    page.fill("#id_contact_email", "tashi@mail.example")
    answer_last_questions(page)
    page.click(SUBMIT)
    page.wait_for_url("**/receipt/**")

    context = chromium.new_context(locale="en-GB", bypass_csp=True)
    customer = Visitor(context.new_page(), visitor.demo, takes_scripts=True)
    sent = come_in_by_mail(customer, reference)
    customer.look(f"portal-{service}")
    shown = customer.page.inner_text("main")
    context.close()
    end_contract(page, visitor.demo.counter, reference, who)

    assert sent["channel"] == "email"
    assert "registered" in shown.lower()
    assert "The contract ended on" in page.inner_text("main")


def come_in_by_mail(visitor, reference):
    """Ask for a code, read it in the outbox, type it; return the message."""
    outbox = visitor.demo.data_dir / "outbox" / "messages.jsonl"
    before = outbox.stat().st_size if outbox.exists() else 0
    visitor.page.goto(visitor.demo.portal + "/")
    visitor.page.fill("#id_number", reference)
    visitor.page.locator("main form button").first.click()
    for _ in range(600):
        # From a place in bytes: Chinese text has fewer characters than bytes.
        come = outbox.read_bytes()[before:].decode() if outbox.exists() else ""
        if "code" in come and come.endswith("\n"):
            break
        time.sleep(0.1)
    messages = [json.loads(line) for line in come.splitlines()]
    sent = next(one for one in reversed(messages) if re.search(r"\d{8}", one["text"]))
    visitor.page.fill("#id_code", re.search(r"\d{8}", sent["text"])[0])
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_url("**/lines/")
    return sent


def end_contract(page, counter, reference, who):
    """End the contract with the document of its subscriber, and find the line again."""
    page.goto(counter + "/terminate/")
    if page.locator("#id_number").count():
        page.fill("#id_number", reference)
    page.select_option("#id_document_type", who["document_type"])
    page.fill("#id_document_number", who["document_number"])
    page.click(SUBMIT)
    page.locator("[data-answers] [data-go]").click()
    page.wait_for_url("**/receipt/**")
    page.goto(counter + "/")
    page.fill("#id_number", reference)
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer-title")
