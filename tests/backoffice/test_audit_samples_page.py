# SPDX-License-Identifier: EUPL-1.2
"""The auditor's own login: the same figures, lines drawn by lot, their subscribers asked; in the back office's role of the database."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.test import Client

from rollkeeper.access.roles import STAFF_ROLES, StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.reporting.audit_samples import queries
from tests.builders.staff import enter
from tests.reporting.test_audit_sample_draw import AFTER, DICE, employed, kind_with_many, lived, sizes  # noqa: F401 - the same year


@pytest.fixture
def backoffice(lived, app, as_role):  # noqa: F811
    """Sign in; requests use the back office's database role."""
    app("backoffice")

    def entering(role, name="auditor-7"):
        employed(name, role)
        client = Client()
        with as_role("backoffice"):
            enter(client, name)

        def ask(method, address, data=None, language="en"):
            with as_role("backoffice"):
                return getattr(client, method)(
                    address, data or {}, HTTP_ACCEPT_LANGUAGE=language, HTTP_ACCEPT="text/html", follow=True
                )

        return ask

    return entering


def drawn(ask):
    kind = kind_with_many(sizes()[0])
    answer = ask("post", "/reports/2012-Q1/draw/", {"kind": kind.value, "text": DICE})
    return answer, re.search(r"/samples/[0-9a-f-]{36}/", answer.content.decode())[0]


def test_an_auditor_sees_the_figures_draws_lines_and_asks_their_subscribers(backoffice):
    ask = backoffice(StaffRole.AUDITOR)

    evidence = ask("get", "/reports/").content.decode()
    answer, address = drawn(ask)
    page = answer.content.decode()
    question = ask("post", f"{address}ask/", {"fields_asked": ["name", "birth_date"]}).content.decode()
    asked = ask(
        "post", f"{address}ask/", {"fields_asked": ["name", "birth_date"], "confirmed": "yes"}
    ).content.decode()

    (item,) = rows("SELECT line_id, leaf_index FROM reporting_auditsampleline WHERE nth = 1")
    assert re.search(r'rk-figure">\d+</span> lines? of this sample', question)
    assert re.findall(r'name="fields_asked" value="([^"]+)"', question) == ["name", "birth_date"]
    assert "Lines whose subscriber is asked" not in question
    assert "Draw lines of this quarter by lot" in evidence
    assert str(item.line_id) in page
    assert f"entry {item.leaf_index} of the published ledger" in page.replace("\xa0", " ").replace(",", "")
    assert "Lines whose subscriber is asked: 0." in asked, (
        "nobody is registered for entries that were only written"
    )


def test_an_auditor_reads_when_a_subscriber_was_asked_who_has_not_agreed(backoffice, monkeypatch):
    ask, find = backoffice(StaffRole.AUDITOR), queries.sample

    def asked(*of, **more):
        found = find(*of, **more)
        return replace(found, items=[replace(one, asked_on=dt.date(2012, 3, 20)) for one in found.items])

    before, address = drawn(ask)
    monkeypatch.setattr(queries, "sample", asked)
    page = ask("get", address).content.decode().replace("\xa0", " ")

    assert "Asked on" not in before.content.decode()
    assert "Asked on 20 March 2012. No consent so far." in page


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {StaffRole.AUDITOR}))
def test_nobody_of_the_operator_is_offered_a_sample_or_gets_one(backoffice, role):
    ask = backoffice(role, f"some-{role.value}")

    page = ask("get", "/reports/").content.decode()
    answer = ask("post", "/reports/2012-Q1/draw/", {"kind": "registered", "text": DICE})

    assert "by lot" not in page
    assert answer.status_code == 403
    assert not rows("SELECT FROM reporting_auditsample")


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_sample_is_drawn_in_every_language_and_says_what_is_wrong(backoffice, language):
    ask = backoffice(StaffRole.AUDITOR)
    _, address = drawn(ask)

    page = ask("get", address, language=language)
    nothing = ask("post", f"{address}ask/", language=language)
    short = ask(
        "post", "/reports/2012-Q1/draw/", {"kind": "terminated", "text": "dice-6-2-5-5"}, language=language
    )
    none = ask("post", "/reports/2012-Q1/draw/", {}, language=language)

    assert [one.status_code for one in (page, nothing, short, none)] == [200, 422, 422, 422]
    assert f'lang="{language.replace("zh-hans", "zh-Hans")}"'.lower() in page.content.decode().lower()
    assert '<option value="terminated" selected>' in short.content.decode()
    assert "dice-6-2-5-5" not in short.content.decode(), "what was typed is not drawn again"


def test_a_text_is_kept_nowhere_in_clear(backoffice):
    drawn(backoffice(StaffRole.AUDITOR))

    assert not rows("SELECT FROM ledger_entry WHERE body LIKE %s", [f"%{DICE}%"])
    assert DICE.encode() not in bytes(rows("SELECT seed FROM reporting_auditsample")[0].seed)
