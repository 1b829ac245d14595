# SPDX-License-Identifier: EUPL-1.2
"""The page that goes through the reference decision names what is there: every command, address and test, and every article."""

import re
from importlib import import_module
from pathlib import Path

from rollkeeper.law.packs import load_pack
from rollkeeper.operations import docs

ROOT = Path(docs.__file__).parents[2]
PAGE = (ROOT / "docs" / "the-decision.md").read_text("utf-8")
SERVED, DECLINED = PAGE.split("## Declined")
URLCONFS = {"Counter": "rollkeeper.counter.urls", "Back office": "rollkeeper.backoffice.urls"}


def cells(part):
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip(" |") for cell in row] for row in rows[1:]]


def test_every_article_of_the_decision_is_served_or_declined():
    law = load_pack("cn-xz-2011").file
    asked = {one.article for one in law.articles if one.source == "decision"}

    assert {row[0] for row in cells(SERVED)} == asked
    assert {row[0] for row in cells(DECLINED)} == {one.article for one in law.declined}


def test_every_command_of_the_page_exists():
    known = {name for name, _ in docs.commands()}
    named = set(re.findall(r"`(rollkeeper(?: [a-z-]+)+)`", PAGE))

    assert len(named) > 15
    assert [
        one for one in named if not any(one == name or one.startswith(f"{name} ") for name in known)
    ] == []


def test_every_address_of_the_page_exists():
    for app, urls in URLCONFS.items():
        for said in re.findall(rf"{app}((?: `/[a-z-]+/`,?)+)", PAGE):
            for address in re.findall(r"`/([a-z-]+/)`", said):
                assert _is_there(urls, address), address


def test_every_test_of_the_page_exists():
    named = re.findall(r"`(tests/[a-z_/]+\.py)(?:::(test_[a-z_0-9]+))?`", PAGE)

    assert len(named) > 20
    for file, name in named:
        assert (ROOT / file).is_file(), file
        assert not name or f"def {name}(" in (ROOT / file).read_text("utf-8"), name


def test_each_row_says_what_serves_it_and_what_proves_it_or_what_there_is_instead():
    assert all(len(row) == 4 and "`" in row[2] and "tests/" in row[3] for row in cells(SERVED))
    assert all(len(row) == 4 and all(row) for row in cells(DECLINED))


def test_the_readme_leads_to_the_page():
    assert "docs/the-decision.md" in (ROOT / "README.md").read_text("utf-8")


def _is_there(urls, address):
    patterns = [str(one.pattern) for one in import_module(urls).urlpatterns]
    return any(one == address or re.match(one, address) for one in patterns if one)
