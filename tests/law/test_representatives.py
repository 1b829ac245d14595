# SPDX-License-Identifier: EUPL-1.2
"""What a law has a person show who acts for a company: as the law calls it, and only where that was confirmed."""

import datetime as dt
from importlib.resources import files

import pytest

from rollkeeper.law.form_summary import form_summaries
from rollkeeper.law.packs import load_pack, read_pack
from rollkeeper.law.page import law_page
from rollkeeper.law.supported_fields import support_of
from tests.builders.kinds import INSTITUTION, TOURIST, with_kinds, with_proof
from tests.builders.packs import REFERENCE, confirmed

ON = dt.date(2012, 3, 2)
BECAUSE = 'because: {article: "2 ¶1"}'
BEARER = "  - id: company_bearer\n"


def pack_of(text):
    return read_pack(confirmed(text).encode(), file="p")


def of_kind(kind, said, text=REFERENCE):
    head = f"  - id: {kind}\n"
    assert head in text
    return text.replace(head, f"{head}    representative: {{{said}, {BECAUSE}}}\n", 1)


def test_a_law_says_by_language_what_is_shown_and_by_which_article():
    rule = pack_of(with_proof()).authority_proof("company")

    assert rule.proof == {"en": "a sealed letter", "zh-hans": "盖章的函件"}
    assert rule.article == "2 ¶1"


def test_what_no_reader_confirmed_is_asked_of_no_one():
    assert pack_of(with_proof(read=False)).authority_proof("company") is None


def test_a_kind_of_company_that_a_law_adds_shows_the_same_unless_it_says_otherwise():
    same = with_kinds(INSTITUTION, text=with_proof())
    own = same.replace(
        "    kind_of: company\n", f"    kind_of: company\n    representative: {{required: true, proof: {{en: a stamp}}, {BECAUSE}}}\n", 1
    )  # fmt: skip

    assert pack_of(same).authority_proof("institution") == pack_of(same).authority_proof("company")
    assert pack_of(own).authority_proof("institution").proof == {"en": "a stamp"}
    assert pack_of(own).authority_proof("individual") is None


@pytest.mark.parametrize(
    ("kind", "said", "named"),
    [
        ("individual", "required: true, proof: {en: a letter}", "representative' (of a individual)"),
        ("tourist", "required: true, proof: {en: a letter}", "representative' (of a tourist)"),
        ("guardian", "required: true", "representative' (of a guardian)"),
        ("minor", "required: true, proof: {en: a letter}", "representative.proof' (of a minor)"),
        ("company_bearer", "required: true", "representative' (of a company_bearer)"),
        ("company", "required: false, proof: {en: a letter}", "representative.required: false'"),
    ],
)
def test_what_no_form_can_ask_is_refused_by_its_name(kind, said, named):
    pack = pack_of(of_kind(kind, said, with_kinds(TOURIST)))

    assert [one for one in pack.unsupported_fields if named in one]


def test_a_representative_without_a_proof_is_one_of_whom_something_is_asked():
    before, rest = REFERENCE.split(BEARER, 1)
    bare = f"{before}\ncampaigns:{rest.split('\ncampaigns:', 1)[1]}"
    read = before + BEARER + rest.replace("article: as reported, source: measure", 'article: "2 ¶1"', 3)

    for text in (bare, REFERENCE):  # in the reference pack the press alone says what is asked of the bearer
        (named,) = pack_of(of_kind("company", "required: true", text)).unsupported_fields
        assert "without a company_bearer of whom something is asked" in named
    assert pack_of(of_kind("company", "required: true", read)).unsupported_fields == ()
    assert pack_of(of_kind("minor", "required: true")).unsupported_fields == ()
    assert pack_of(with_proof(text=bare)).authority_proof("company")
    assert support_of("party_kinds[].representative.required") == "always"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "a sealed letter"), ("zh-hans", "盖章的函件"), ("bo", "a sealed letter")]
)
def test_the_law_page_says_what_is_shown_and_whether_it_was_confirmed(language, said):
    page, doubted = (law_page(pack_of(with_proof(read=read)), language=language, on=ON) for read in (True, False))  # fmt: skip
    line, other = (next(one for one in found.split("<li>") if said in one) for found in (page, doubted))

    assert "not confirmed" not in line
    assert "not confirmed" in other
    assert said not in law_page(load_pack("cn-xz-2011"), language=language, on=ON)


def test_the_summary_of_forms_names_what_is_shown():
    sentences = {
        one.kind: one.sentence for one in form_summaries(pack_of(with_kinds(INSTITUTION, text=with_proof())))
    }

    assert "who acts for it shows a sealed letter" in sentences["company"]
    assert "who acts for it shows a sealed letter" in sentences["institution"]
    assert "representative" not in sentences["individual"]


@pytest.mark.parametrize(
    ("name", "kind", "article"),
    [("ke-ln163-2015", "statutory_body", "5(1)"), ("ke-ln163-2015", "company", None),
     ("ng-nin-sim", "company", None), ("mx-crt-2025", "company", None)],
)  # fmt: skip
def test_a_shipped_law_once_read_asks_what_its_official_text_says(name, kind, article):
    text = (files("rollkeeper.law.packs") / f"{name}.yaml").read_text("utf-8")

    rule = pack_of(text).authority_proof(kind)

    assert (rule and rule.article) == article
    assert load_pack(name).authority_proof(kind) is None
