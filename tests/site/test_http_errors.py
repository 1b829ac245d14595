"""Refusals, crashes and the log: what a person, a machine and a file get to see."""

import datetime as dt
import io
import logging
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import Faults, Kind, Refusal
from rollkeeper.site import http_errors
from tests.builders.staff import sign_in

DAY = dt.date(2012, 3, 2)


BY_LAW = Refusal("by_law", Kind.REFUSED, "This is not allowed on {day} ({article}).", "Come back on {then}.")


@pytest.fixture
def asked(app):
    """A request without a user."""
    clock.set_demo_date(DAY)
    app("backoffice")

    def asking(accept="text/html"):
        request = RequestFactory().get("/somewhere/?q=secret", HTTP_ACCEPT=accept)
        request.user = AnonymousUser()
        return request

    return asking


FAULT = BY_LAW(article="7", day=DAY, then=DAY + dt.timedelta(days=1))


def test_a_person_gets_the_article_and_what_to_do_next(asked):
    answer = http_errors.refuse(asked(), FAULT)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This is not allowed on 2 March 2012 (art. 7)." in page
    assert ">art. 7</a>" in page
    assert "Come back on 3 March 2012." in page


@pytest.mark.parametrize(
    ("method", "referer", "back"),
    [
        ("post", "http://testserver/holds/?q=secret", 'href="/holds/"'), ("get", "http://testserver/holds/", ""),
        ("post", "http://elsewhere/holds/", ""), ("post", "http://testserver//elsewhere/", ""), ("post", "", ""),
    ],
)  # fmt: skip
def test_who_sent_a_form_that_was_refused_is_led_back_to_its_page(app, method, referer, back):
    app("backoffice")
    request = getattr(RequestFactory(), method)("/holds/lift/", HTTP_ACCEPT="text/html", HTTP_REFERER=referer)
    request.user = AnonymousUser()

    page = http_errors.refuse(request, FAULT).content.decode()

    assert (f"{back}>Back</a>" in page) if back else (">Back</a>" not in page)
    assert "secret" not in page


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json", "*/*", ""])
def test_a_machine_gets_a_problem_document(asked, accept):
    answer = http_errors.refuse(asked(accept), FAULT)

    assert answer["Content-Type"] == "application/problem+json"
    assert b'"article": "7"' in answer.content
    assert b'"type": "urn:rollkeeper:by_law"' in answer.content


def test_several_faults_are_all_said(asked):
    both = Faults([FAULT, BY_LAW(article="9", day=DAY, then=DAY)])

    page = http_errors.refuse(asked(), both).content.decode()

    assert "(art. 7)" in page
    assert "(art. 9)" in page


@pytest.mark.parametrize(("kind", "status"), http_errors.STATUS.items())
def test_each_kind_of_no_has_its_status(asked, kind, status):
    fault = Refusal("some", kind, "No.", "None.")()

    assert http_errors.refuse(asked(), fault).status_code == status


def test_every_kind_of_no_is_known_at_the_edge():
    assert set(http_errors.STATUS) == set(Kind)


def test_an_address_that_does_not_exist_is_answered_in_the_register(app):
    app("backoffice")

    page = Client().get("/13900001234/", HTTP_ACCEPT="text/html")

    assert page.status_code == 404
    assert "13900001234" not in page.content.decode().replace('value="/13900001234/"', "")


@pytest.mark.parametrize(
    ("serving", "address"),
    [
        ("backoffice", "/agents/%00/"),
        ("backoffice", "/reports/2011-Q4%00/"),
        ("counter", "/receipt/%00/"),
    ],
)
def test_an_address_with_a_nul_is_not_found_and_no_crash(app, serving, address):
    app(serving)
    client = sign_in(StaffRole.SUPERVISOR)
    client.raise_request_exception = False

    answer = client.get(address, HTTP_ACCEPT="text/html")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("serving", "address", "above"),
    [
        ("counter", "/by-code/", "/"),
        ("counter", "/offline/ticket/", "/"),
        ("backoffice", "/account/sessions/end/", "/account/sessions/"),
        ("backoffice", f"/batches/{UUID(int=1)}/approve/", f"/batches/{UUID(int=1)}/"),
        ("portal", "/letter/", "/"),
    ],
)
def test_an_address_that_only_takes_forms_leads_to_the_page_above_it(app, serving, address, above):
    app(serving)
    client = Client() if serving == "portal" else sign_in(StaffRole.SUPERVISOR)

    person = client.get(address, HTTP_ACCEPT="text/html")
    machine = client.get(address, HTTP_ACCEPT="application/json")

    assert (person.status_code, person["Location"]) == (302, above)
    assert machine.status_code == 405


def test_a_value_with_a_nul_is_refused_and_is_no_crash(app):
    app("backoffice")
    client = sign_in(StaffRole.ADMINISTRATOR)
    client.raise_request_exception = False

    answer = client.post(
        "/agents/agent-101/do/", {"do": "remediate", "finding": "abc\0"}, HTTP_ACCEPT="text/html"
    )

    assert answer.status_code == 400
    assert "nothing was done" in answer.content.decode()


@pytest.fixture
def written():
    """What reaches a log file: everything that comes to the root logger, formatted."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    logging.getLogger().addHandler(handler)
    yield text
    logging.getLogger().removeHandler(handler)


def test_a_crash_shows_a_reference_and_logs_no_value(app, written, monkeypatch):
    app("backoffice")

    def broken(*_, **__):
        raise ValueError("Tashi Dondrup, Barkhor 4")

    monkeypatch.setattr("rollkeeper.site.home_page.render", broken)

    answer = Client(raise_request_exception=False).get("/?name=Tashi", HTTP_ACCEPT="text/html")

    assert answer.status_code == 500
    assert "ValueError" in written.getvalue()
    assert written.getvalue().split()[0] in answer.content.decode()
    assert "Tashi" not in written.getvalue()
    assert "Tashi" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/13900001234/", "/line/", "/healthz?13900001234"])
def test_no_address_is_written_to_the_log(app, written, address):
    app("backoffice")

    Client().get(address, HTTP_ACCEPT="text/html", HTTP_HOST="13900001234.example")
    Client().post(address, {"number": "13900001234"}, HTTP_ACCEPT="text/html")

    assert "13900001234" not in written.getvalue()


def test_a_crash_whose_page_crashes_too_is_still_answered(asked, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(http_errors, "render", broken)

    answer = http_errors.crashed(asked())

    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content


def test_who_was_refused_what_they_may_not_do_is_in_the_log_by_reference(app, caplog):
    app("backoffice")
    client = sign_in(StaffRole.AUDITOR, "auditor-of-the-log")

    client.post("/campaign/plan/ask/", {"kind": "plan"}, HTTP_ACCEPT="text/html")

    (line,) = [r.getMessage() for r in caplog.records if r.name == "rollkeeper.refusals"]
    staff = Staff.objects.get(username="auditor-of-the-log")
    assert line == f"backoffice POST /campaign/plan/ask/ refused to {staff.staff_id}: not_allowed"
    assert "auditor-of-the-log" not in line


def test_the_log_has_the_route_and_neither_query_nor_values(app, caplog):
    app("backoffice")

    with caplog.at_level(logging.INFO, logger="rollkeeper.requests"):
        Client().get("/?number=13900001234", HTTP_ACCEPT="text/html")
        Client().get("/batches/01890000-0000-7000-8000-000000000001/", HTTP_ACCEPT="text/html")

    lines = [r.getMessage() for r in caplog.records if r.name == "rollkeeper.requests"]
    assert lines[0].startswith("backoffice GET / 200")
    assert lines[1].startswith("backoffice GET /batches/<uuid:batch_id>/ 302")
    assert "13900001234" not in caplog.text


def test_no_page_is_kept_by_a_browser_and_no_page_may_load_anything_foreign(app):
    app("backoffice")

    answer = Client().get("/", HTTP_ACCEPT="text/html")

    assert answer["Cache-Control"] == "no-store"
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "://" not in policy


def test_the_front_page_says_what_this_is_and_where_each_app_is(app, monkeypatch):
    app("backoffice")
    monkeypatch.setenv("ROLLKEEPER_PORT", "8000")

    page = Client().get("/", HTTP_HOST="127.0.0.1:8000").content.decode()

    assert "deletes on time" in page
    assert 'href="/account/login/"' in page
    assert 'href="http://127.0.0.1:8001/"' in page


def test_an_app_that_reaches_the_register_is_well(app):
    app("counter")

    assert Client().get("/healthz").content == b"ok\n"


@pytest.mark.parametrize(("code", "word"), [("en", "Sign in"), ("zh-hans", "登录"), ("bo", "ནང་འཛུལ")])
def test_each_language_can_be_chosen_without_a_script(app, code, word):
    app("backoffice")
    client = Client()

    client.post("/i18n/setlang/", {"language": code, "next": "/account/login/"})
    page = client.get("/account/login/").content.decode()

    assert f'<html lang="{code}"' in page
    assert word in page


def test_a_page_says_in_its_language_that_no_native_reader_accepted_it(app):
    app("backoffice")
    client = Client()

    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})

    assert "尚未经母语审阅人认可" in client.get("/").content.decode()


def test_a_demo_says_so_with_its_day(app):
    clock.set_demo_date(DAY)
    app("backoffice")

    page = Client().get("/").content.decode()

    assert "Every person in this instance is invented." in page
    assert "2 March 2012" in page
