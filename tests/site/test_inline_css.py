"""The style sheet of a first visit: within the page once, and from then on kept by the browser."""

import pytest
from django.conf import settings
from django.shortcuts import render
from django.test import Client, RequestFactory

from rollkeeper.site.inline_css import InlineCssMiddleware
from rollkeeper.site.web_apps import SHEET


@pytest.fixture
def visit(app):
    """A browser at the counter's sign-in page."""
    app("counter")
    client = Client()
    return lambda: client.get("/account/login/", HTTP_ACCEPT="text/html")


def test_a_first_visit_brings_the_sheet_along_and_a_second_names_it_only(visit):
    first, second = visit(), visit()

    # Fonts are next to the sheet; within a page their addresses are whole.
    sheet = SHEET.read_text("utf-8-sig").replace('url("noto', 'url("/static/built/noto')
    assert sheet in first.content.decode()
    assert sheet not in second.content.decode()
    assert b"<style" not in second.content
    assert b'media="print"' in first.content
    assert b'media="print"' not in second.content


def test_the_policy_lets_in_no_style_but_the_one_that_it_names_itself(visit):
    first, second = visit(), visit()

    nonce = first.content.decode().split('<style nonce="')[1].split('"')[0]
    assert f"style-src 'self' 'nonce-{nonce}'" in first["Content-Security-Policy"]
    assert "nonce" not in second["Content-Security-Policy"]
    assert nonce not in visit().content.decode()


def test_a_part_of_a_page_brings_no_sheet_and_no_cookie(app):
    app("counter")
    request = RequestFactory().get("/")

    part = InlineCssMiddleware(
        lambda asked: render(asked, "counter/code_row.html", {"given": {"code": "4711-K2M9QX"}})
    )(request)

    assert not part.cookies


def test_a_browser_with_another_sheet_is_given_this_one(visit):
    cookie = visit().cookies[settings.CSS_COOKIE_NAME]

    again = Client(headers={"cookie": f"{settings.CSS_COOKIE_NAME}={'0' * len(cookie.value)}"}).get(
        "/account/login/"
    )

    assert again.cookies[settings.CSS_COOKIE_NAME].value == cookie.value
    assert b"<style" in again.content
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


def test_a_named_style_sheet_is_cached_and_other_files_are_revalidated(visit):
    visit()
    address = visit().content.decode().split('<link rel="stylesheet" href="')[1].split('"')[0]

    sheet, script = (Client().get(one) for one in (address, "/static/rollkeeper.js"))

    assert "immutable" in sheet["Cache-Control"]
    assert script["Cache-Control"] == "max-age=60, public"
    sheet.close()
    script.close()
