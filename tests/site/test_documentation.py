# SPDX-License-Identifier: EUPL-1.2
"""The documentation in the program: every page is served to all, its links lead on, and nothing else of the disk is."""

import re
from pathlib import Path

import pytest
from django.test import Client

from rollkeeper.site import documentation
from rollkeeper.site.documentation import PAGES, _drawn

ROOT = Path(documentation.__file__).parents[2]
ENGLISH = {"headers": {"accept-language": "en"}}


def article(address, language="en"):
    page = Client().get(address, headers={"accept-language": language})
    assert page.status_code == 200, address
    return re.search(r'<article class="rk-docs"(.*?)</article>', page.content.decode(), re.DOTALL)[1]


@pytest.mark.parametrize("name", ["backoffice", "portal", "counter"])
def test_everybody_finds_the_documentation_without_signing_in(app, name):
    app(name)

    page = Client().get("/documentation/", **ENGLISH).content.decode()

    assert all(f'href="/documentation/{one}/"' in page for one in PAGES)
    assert "For subscribers: the portal, receipts and rights" in page


def test_the_footer_leads_to_it_and_at_the_portal_to_the_subscribers_page(app):
    app("portal")
    portal = Client().get("/", **ENGLISH).content.decode()
    app("backoffice")
    office = Client().get("/", **ENGLISH).content.decode()

    assert 'href="/documentation/docs/subscriber/"' in portal
    assert office.count('href="/documentation/"') == 2


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_link_of_a_page_leads_to_a_page_a_heading_or_the_web(app, name):
    app("backoffice")

    said = article(f"/documentation/{name}/")

    for target in re.findall(r'href="([^"]*)"', said):
        path, _, heading = target.partition("#")
        if path.startswith("https://"):
            continue
        there = article(path) if path else said
        assert not heading or f'id="{heading}"' in there, target
    assert "<!--" not in said
    assert "&lt;!--" not in said
    assert "<img" not in said
    assert all(said.count(f"<{one}") == said.count(f"</{one.strip()}>") for one in ("a ", "span", "table"))


def test_a_link_that_reads_as_a_file_reads_as_its_page(app):
    app("backoffice")

    said = article("/documentation/docs/staff/")

    assert 'href="/documentation/docs/odd-cases/" class="govuk-link">Odd cases</a>' in said
    assert ".md<" not in said


def test_a_link_to_a_file_of_the_source_stays_as_text(app):
    app("backoffice")

    said = article("/documentation/docs/subscriber/")

    assert '<span class="govuk-link">65</span>' not in said
    assert ">65</" in said
    assert "decisions/" not in said


@pytest.mark.parametrize("name", [
    "../SECURITY", "docs/../SECURITY", "docs/decisions/0065-codes-handed-over-to-people-who-are-cut-off", "docs/subscriber.md",
    "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "docs//subscriber", "docs/measured", "README", "docs\\subscriber", "docs/subscriber%00",
])  # fmt: skip
def test_nothing_but_the_listed_pages_is_read_from_the_disk(app, name):
    app("portal")

    assert Client().get(f"/documentation/{name}/").status_code == 404


def test_markup_in_a_page_is_text_and_no_script(monkeypatch):
    raw = "# A page\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](//elsewhere.example) <b>bold</b>\n"
    monkeypatch.setattr(documentation, "_text", lambda *_: raw)
    _drawn.cache_clear()

    said = str(_drawn("docs/glossary", "en"))
    _drawn.cache_clear()

    assert not re.search(r"<script|<b>|href=\"javascript|elsewhere.example\"", said)


def test_a_page_in_another_language_says_so_or_comes_in_chinese(app, tmp_path, monkeypatch):
    app("backoffice")
    chinese = {"headers": {"accept-language": "zh-hans"}}
    english = Client().get("/documentation/docs/subscriber/", **chinese).content.decode()
    (tmp_path / "docs").mkdir()
    for name, title in (("glossary.md", "Glossary"), ("glossary.zh-Hans.md", "术语")):
        (tmp_path / "docs" / name).write_text(f"# {title}\n", "utf-8")
    monkeypatch.setattr(documentation, "INSTALLED", tmp_path)
    documentation._text.cache_clear()
    _drawn.cache_clear()

    said = article("/documentation/docs/glossary/", "zh-hans")
    documentation._text.cache_clear()
    _drawn.cache_clear()

    assert "本页为英文" in english
    assert 'lang="zh-hans"' in said[:20]
    assert "术语" in said


def test_the_pages_name_no_machine_and_no_folder_of_the_checkout():
    for page in PAGES.values():
        said = (ROOT / f"{page}.md").read_text("utf-8")
        assert not re.search(r"/work/|localhost\.localdomain", said), page
    assert str(ROOT) not in str(_drawn("docs/install", "en"))


def test_the_pages_of_an_installed_program_are_found_next_to_it(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "glossary.md").write_text("# Another glossary\n", "utf-8")
    monkeypatch.setattr(documentation, "INSTALLED", tmp_path)
    documentation._text.cache_clear()

    said = documentation._text("docs/glossary", "en")
    documentation._text.cache_clear()

    assert said == "# Another glossary\n"
