# SPDX-License-Identifier: EUPL-1.2
"""What the writer of a pack or of a country file is told: where a value goes that is not done, and what was forgotten."""

import datetime as dt
import json
import re

import pytest

from rollkeeper.kernel.errors import Faults, RollkeeperError
from rollkeeper.law import countries
from rollkeeper.law.cases import traced_cases
from rollkeeper.law.checks import check_pack
from rollkeeper.law.findings import LawFinding, Weight
from rollkeeper.law.forgotten import unfinished
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack, read_pack
from rollkeeper.law.page import law_page
from rollkeeper.law.scaffold import Shape, scaffold
from rollkeeper.law.toolkit import plain_text
from tests.builders.packs import REFERENCE, confirmed
from tests.in_process import invoke

ON = dt.date(2012, 3, 2)
COUNTRY = """country: XX
name: {en: Sample}
languages: [en]
sources: [{id: a, title: x, read_on: 2026-11-28}]
emergency_numbers: [{number: "112", what: {en: any}, source: a}]
number_plan: {calling_code: "999", international_prefixes: ["00"], digits: {least: 8, most: 9}, source: a}
documents: [{type: passport, name: {en: Passport}, issuer: any state, holds: [individual], source: a}]
"""


def found(pack: Pack, topic: str) -> list[LawFinding]:
    return [one for one in check_pack(pack, on=ON) if one.topic == topic]


def without(**parts: object) -> Pack:
    """Return the reference pack with chapters changed."""
    pack = load_pack("cn-xz-2011")
    return Pack(pack.file.model_copy(update=parts), pack.hash)


def test_a_value_that_is_not_done_has_to_leave_its_chapter():
    text = REFERENCE.replace("      - name: address\n", "      - name: gender\n", 1)

    (one,) = found(read_pack(confirmed(text).encode(), file="pack.yaml"), "feature")

    assert "gender" in one.sentence
    assert one.remedy.startswith("Take it out of its chapter and say under 'declined'")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  begins: 2012-01-01\n", "  begins: 2012-01-01\n  ends: 2011-12-31\n", "never in force"),
        ("first: 2011-11-24", "first: 2012-01-02", "after the law began"),
        ("quarantine: {n: 90", "quarantine: {n: 0", "at once"),
        ("keep: {n: 1, unit: year}", "keep: {n: 89, unit: day}", "while its number rests"),
        ("activated_before: 2012-01-01", "activated_from: 2012-01-01, activated_before: 2012-01-01", "no line"),
        ("base: 2012-01-01", "base: 2011-11-01", "2011-12-31, lies before the law begins: everyone is told late, and has 60 days"),
        (
            "    stages:\n",
            '      - {must_be_delivered: false, before_deadline: {n: 60, unit: day}, because: {article: "3"}}\n    stages:\n',
            "they get 60 from the reminder",
        ),
    ],
)  # fmt: skip
def test_days_that_contradict_each_other_are_said(old, new, said):
    text = REFERENCE[: REFERENCE.index("\ntests:")] + REFERENCE[REFERENCE.index("\nopen_questions:") :]
    assert old in text

    (one,) = found(read_pack(confirmed(text.replace(old, new, 1)).encode(), file="pack.yaml"), "days")

    assert said in one.sentence
    assert one.weight is Weight.DOUBT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  begins: 2012-01-01\n", "  begins: 2012-01-01\n  ends: 2012-01-01\n"),
        ("first: 2011-11-24", "first: 2012-01-01"),
        ("quarantine: {n: 90", "quarantine: {n: 1"),
        ("keep: {n: 1, unit: year}", "keep: {n: 90, unit: day}"),
        ("base: 2012-01-01", "base: 2011-11-02"),
        (
            "    stages:\n",
            '      - {must_be_delivered: false, before_deadline: {n: 59, unit: day}, because: {article: "3"}}\n    stages:\n',
        ),
    ],
)  # fmt: skip
def test_days_at_their_limit_are_no_finding(old, new):
    text = REFERENCE[: REFERENCE.index("\ntests:")] + REFERENCE[REFERENCE.index("\nopen_questions:") :]
    assert old in text

    assert found(read_pack(confirmed(text.replace(old, new, 1)).encode(), file="pack.yaml"), "days") == []


@pytest.mark.parametrize("name", ["eu-nis2-28", "ke-ln163-2015"])
def test_an_article_that_is_declined_does_not_count_as_idle(name):
    pack = load_pack(name)
    nothing_declined = Pack(pack.file.model_copy(update={"declined": ()}), pack.hash)

    assert found(nothing_declined, "articles")
    assert not found(pack, "articles")


def test_an_idle_article_of_a_further_source_is_named_with_it():
    pack = load_pack("cn-xz-2011")
    further = {one.source for one in pack.file.articles} - {pack.file.sources[0].id}

    assert any(f" ({one})" in found(pack, "articles")[0].sentence for one in further)


@pytest.mark.parametrize("shape", Shape)
def test_check_names_the_lines_that_are_still_to_be_filled_in(shape, tmp_path):
    file = tmp_path / "new.yaml"
    file.write_text(scaffold("xx-a", shape=shape, on=ON), "utf-8")

    said = json.loads(invoke("law", "check", file, "--json").stdout)

    (one,) = [one for one in said if one["topic"] == "to fill in"]
    assert " 6, 7, 8," in one["sentence"]
    assert list(unfinished("a: 1\nb: 2\n")) == []


def test_minors_of_whose_guardian_nothing_is_asked_are_named():
    kinds = load_pack("cn-xz-2011").file.party_kinds

    assert found(without(), "people") == []
    (one,) = found(without(party_kinds=tuple(k for k in kinds if k.id != "guardian")), "people")
    assert "guardian" in one.sentence


def test_a_number_of_no_kind_of_document_is_named():
    kinds = tuple(
        kind.model_copy(update={"attributes": tuple(a for a in kind.attributes if a.name != "document_type")})
        if kind.id == "company"
        else kind
        for kind in load_pack("cn-xz-2011").file.party_kinds
    )

    (one,) = found(without(party_kinds=kinds), "people")

    assert "'company'" in one.sentence


@pytest.mark.parametrize(
    ("topic", "old", "new", "said"),
    [
        ("calendar", "country: CN, subdivision: XZ}", "country: DE}", "of CN, and its holidays are those of DE"),
        ("services", "registered: false, services: [mobile,", "registered: false, services: [email, mobile,", "none of them: email"),
        ("people", "verification:\n      - method: sight", "verification:\n      - method: biometric", "by biometrics alone"),
    ],
)  # fmt: skip
def test_what_is_about_other_lines_days_or_bodies_is_named(topic, old, new, said):
    text = REFERENCE[: REFERENCE.index("\ntests:")]
    assert old in text
    assert said not in str(found(read_pack(text.encode(), file="pack.yaml"), topic))

    assert said in str(found(read_pack(text.replace(old, new).encode(), file="pack.yaml"), topic))


def test_a_stage_that_no_case_expects_is_named():
    cases = load_pack("cn-xz-2011").file.tests

    assert found(without(), "tests") == []
    (one,) = found(without(tests=tuple(c for c in cases if c.expect != "suspended")), "tests")
    assert one.sentence == "No case expects: suspended."


def test_values_that_only_a_report_supports_are_named():
    (one,) = [
        one for one in found(load_pack("ch-vupf-20"), "source") if one.sentence.startswith("No reader can")
    ]

    assert (one.weight, "retention[0]" in one.sentence) == (Weight.DOUBT, True)


def test_a_pack_whose_country_has_no_file_is_told_what_to_write():
    text = REFERENCE.replace("jurisdiction: CN-XZ", "jurisdiction: XX", 1)

    (one,) = found(read_pack(confirmed(text).encode(), file="pack.yaml"), "country")

    assert "countries/xx.yaml" in one.remedy
    assert "emergency_numbers" in json.loads(invoke("law", "schema", "--country").stdout)["properties"]


def test_a_document_that_the_country_does_not_know_is_told_with_those_it_knows():
    text = REFERENCE.replace(
        "  - id: minor\n", "  - id: minor\n    documents: [{type: birth, because: {article: '6'}}]\n", 1
    )

    (one,) = found(read_pack(confirmed(text).encode(), file="pack.yaml"), "feature")

    assert "known of CN: cn-resident-card, " in one.sentence


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("type: passport", "type: xx-card", "documents[0].type: write one of identity-card, other, passport"),
        ("issuer: any state, ", "", "documents[0].issuer: it is missing"),
        ("international_prefixes", "international_prefix", "there is no such field"),
    ],
)
def test_a_fault_of_a_country_file_says_what_to_write(monkeypatch, old, new, says):
    monkeypatch.setattr(countries, "country_bytes", lambda _: COUNTRY.replace(old, new, 1).encode())

    with pytest.raises((Faults, RollkeeperError)) as raised:
        countries.country_of("XX")

    assert says in str(raised.value)


def test_a_whole_country_file_has_no_fault(monkeypatch):
    monkeypatch.setattr(countries, "country_bytes", lambda _: COUNTRY.encode())

    assert countries.country_of("XX").documents


def test_a_scaffold_has_the_holidays_of_its_country():
    pack = read_pack(scaffold("ke-a", shape=Shape.REGISTER, on=ON).encode(), file="pack.yaml")

    assert pack.file.calendar.holidays.country == "KE"


def test_the_trace_says_that_a_last_day_moved_only_where_it_did():
    said = [line for one in traced_cases(load_pack("cn-xz-2011")) for line in one.counted]
    moved = [
        line.split("the last is ")[1][:10] != line.split("moved to ")[1][:10]
        for line in said
        if "moved" in line
    ]

    assert any(moved)
    assert all(moved)
    assert any("moved" not in line for line in said)


def test_the_law_page_writes_what_is_shown_with_a_document_in_words():
    page = law_page(load_pack("ng-nin-sim"), language="en", on=ON)

    said = page[page.index("Values of the program") :]
    assert re.search("a document that is accepted: [^<]*, the visa page", said)
    assert "{&#x27;en&#x27;" not in page
    assert re.search(r"rest on it: \d+\n  - ", plain_text(page))
