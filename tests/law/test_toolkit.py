# SPDX-License-Identifier: EUPL-1.2
"""The commands `law …`: what is missing is named by feature, a reading is written down, and no draft acts."""

import datetime as dt
import json
from pathlib import Path

import pytest

from rollkeeper.kernel.console import progress
from rollkeeper.kernel.errors import Faults, RollkeeperError
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.cases import cases_not_run, traced_cases
from rollkeeper.law.checks import check_pack
from rollkeeper.law.choices import Engine
from rollkeeper.law.diff import changed_leaves, changed_outcomes
from rollkeeper.law.errors import (
    PACK_CASE_FAILED,
    PACK_FAULT,
    PACK_ID_UNUSABLE,
    PACK_IS_SHIPPED,
    SOURCE_NOT_CONFIRMABLE,
)
from rollkeeper.law.features import features_missing
from rollkeeper.law.findings import Weight
from rollkeeper.law.layers import Conflict, lower_layers
from rollkeeper.law.packs import load_pack, pack_bytes, read_pack, shipped_packs
from rollkeeper.law.page import law_page
from rollkeeper.law.scaffold import Shape, scaffold
from tests.builders.packs import REFERENCE, confirmed, write_pack
from tests.builders.stages import staged
from tests.in_process import invoke
from tests.refusals import refusing

ON = dt.date(2012, 3, 2)
PACKS = Path(__file__).parents[1] / "cases" / "packs"
CASE = """  - name: a case of its own
    given: {activated: 2001-01-01, ended: 2012-02-29}
    on: 2012-02-29
    expect: %s
"""


def changed(old: str, new: str):
    assert old in REFERENCE
    return read_pack(confirmed(REFERENCE.replace(old, new, 1)).encode(), file="pack.yaml")


def test_list_names_status_missing_features_and_emergency_numbers():
    rows = {row["id"]: row for row in json.loads(invoke("law", "list", "--json").stdout)}

    assert set(rows) == set(shipped_packs())
    assert rows["cn-xz-2011"] == {
        "id": "cn-xz-2011", "jurisdiction": "CN-XZ", "status": "confirmed", "features_missing": [],
        "emergency_numbers": ["110", "112", "119", "120", "122"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "feature"),
    [
        ("day_kind: calendar", "day_kind: working", "calendar"),
        ("after: {n: 60, unit: day}", "after: {n: 60, unit: hour}", "units of time"),
        ("not_before_notice: true", "not_before_notice: false", "deadline by date"),
        ("kind: exact", "kind: max", "retention by class"),
    ],
)
def test_what_is_missing_is_grouped_by_feature(old, new, feature):
    assert feature in features_missing(changed(old, new))


def test_every_missing_field_of_the_surveys_packs_belongs_to_a_feature():
    missing = {name for file in PACKS.glob("*.yaml") for name in features_missing(load_pack(file))}

    assert "others" not in missing
    assert len(missing) > 10


def test_a_packs_cases_run_although_other_parts_of_it_are_not_supported():
    wrong = (PACKS / "korea.yaml").read_text("utf-8").replace(
        "retention:", f"tests:\n{CASE % 'erased'}retention:", 1
    )  # fmt: skip
    right = wrong.replace("expect: erased", "expect: terminated")

    pack = read_pack(right.encode(), file="pack.yaml")
    assert pack.unsupported_fields
    assert cases_not_run(pack) == ()
    with refusing(PACK_CASE_FAILED, match="expects 'suspended', and its values give 'terminated'"):
        read_pack(wrong.replace("expect: erased", "expect: suspended").encode(), file="pack.yaml")


def test_a_wrong_case_is_found_although_the_campaigns_neighbour_is_not_supported():
    text = REFERENCE.replace('required: "yes"', "required: optional", 1).replace("n: 60", "n: 61", 1)

    with pytest.raises(RollkeeperError, match="the pack expects 'suspended', and its values give 'running'"):
        read_pack(text.encode(), file="pack.yaml")


def test_a_case_that_needs_what_is_not_supported_is_named():
    pack = changed("anchor: termination", "anchor: registration")

    erased = {case.name for case in pack.file.tests if case.expect == "erased"}
    assert len(erased) == 2
    assert set(cases_not_run(pack)) == erased


def test_trace_shows_the_counting_and_the_days_on_either_side():
    traced = {one.name: one for one in traced_cases(load_pack("cn-xz-2011"))}

    one = traced["the day after it"]
    assert (one.day_before, one.stage, one.day_after) == ("running", "suspended", "suspended")
    assert "the last is 2012-03-01" in one.counted[0]


@pytest.mark.parametrize("status", ["draft", "struck_down", "suspended_by_court"])
def test_check_says_that_a_law_that_is_not_in_force_stops_everything(status):
    found = check_pack(changed("status: confirmed", f"status: {status}"), on=ON)

    assert found[0].weight is Weight.STOPS
    assert found[0].topic == "status"


def test_check_says_which_acts_a_pack_without_emergency_numbers_does_not_carry():
    (found,) = [
        one for one in check_pack(changed("jurisdiction: CN-XZ", "jurisdiction: XX"), on=ON)
        if one.weight is Weight.STOPS
    ]  # fmt: skip

    assert "emergency numbers" in found.sentence


def test_check_says_that_a_reading_is_outdated():
    changed_text = REFERENCE.replace(
        "not given to anyone else for 90 days", "not given to anyone else for ninety days", 1
    )
    pack = read_pack(changed_text.replace(", en: for 90 days}", "}").encode(), file="pack.yaml")

    assert any("the text changed since" in one.sentence for one in check_pack(pack, on=ON))


def test_check_exits_with_1_where_a_pack_does_not_carry_every_act():
    assert invoke("law", "check", "cn-xz-2011", "--on", "2012-03-02").exit_code == 0
    assert invoke("law", "check", PACKS / "ghana.yaml").exit_code == 1


@pytest.mark.parametrize("shape", Shape)
def test_a_scaffold_loads_and_carries_no_act(shape, tmp_path):
    file = tmp_path / "new.yaml"

    made = invoke("law", "new", "xx-example-2030", "--shape", shape.value, "--out", file)

    assert made.exit_code == 0, made.output
    pack = load_pack(file)
    assert not pack.unsupported_fields
    assert not any(may_act(pack, act, on=dt.date(2031, 1, 1)) for act in Act)
    assert invoke("law", "new", "xx-example-2030", "--out", file).exit_code != 0


def test_confirming_writes_the_reader_and_what_was_read(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(REFERENCE[: REFERENCE.index("\nconfirmations:")] + "\n", "utf-8")
    assert not load_pack(file).file.retention[0].because.confirmed

    done = invoke(
        "law", "confirm", file, "--source", "decision", "--reader", "A. Reader", "--read-in", "the gazette", "--on", "2026-11-28"
    )  # fmt: skip

    (entry,) = load_pack(file).file.confirmations
    assert done.exit_code == 0, done.output
    assert (entry.reader, entry.read_in, str(entry.read_on)) == ("A. Reader", "the gazette", "2026-11-28")
    assert load_pack(file).file.retention[0].because.confirmed


def test_no_reader_confirms_an_article_whose_text_is_still_to_be_filled_in(tmp_path):
    file = tmp_path / "law.yaml"
    file.write_text(scaffold("xx-a", shape=Shape.CAMPAIGN, on=ON), "utf-8")
    asked = ("law", "confirm", file, "--reader", "A. Reader", "--read-in", "the gazette", "--source")

    refused, operators = invoke(*asked, "act"), invoke(*asked, "operator")

    assert (refused.exception.code, "TODO is still in the text of 1" in str(refused.exception)) == (
        SOURCE_NOT_CONFIRMABLE.code, True,
    )  # fmt: skip
    assert "confirmed 1 article of 'operator': 1." in operators.output


@pytest.mark.parametrize("given", ["Bad Id", "xx_a", "xx-", ""])
def test_no_pack_is_written_whose_id_no_pack_can_have(tmp_path, given):
    refused = invoke("law", "new", given, "--out", tmp_path / "law.yaml")

    assert refused.exception.code == PACK_ID_UNUSABLE.code
    assert not (tmp_path / "law.yaml").exists()


def test_a_shipped_pack_is_not_confirmed_in_its_place():
    said = invoke(
        "law", "confirm", "cn-xz-2011", "--source", "decision", "--reader", "A. Reader", "--read-in", "it"
    )

    assert isinstance(said.exception, RollkeeperError)
    assert said.exception.code == PACK_IS_SHIPPED.code


@pytest.mark.parametrize("engine", Engine)
def test_a_difference_is_told_by_value_and_by_people(register, tmp_path, engine):
    former = load_pack("cn-xz-2011")
    cases, questions = REFERENCE.index("\ntests:"), REFERENCE.index("\nopen_questions:")
    text = (REFERENCE[:cases] + REFERENCE[questions:]).replace(
        "after: {n: 60, unit: day}", "after: {n: 50, unit: day}"
    )
    latter = read_pack(confirmed(text).encode(), file="pack.yaml")
    events = tmp_path / "events.csv"
    events.write_text(
        "line,date,event,until\nA,2010-05-01,activated,\nA,2011-12-20,notice_delivered,\nB,2010-05-01,activated,\n",
        "utf-8",
    )

    (leaf,) = changed_leaves(former.file, latter.file)
    people = changed_outcomes(
        former, latter, events, first=dt.date(2012, 1, 1), last=dt.date(2013, 12, 31), engine=engine,
        progress=progress,
    )  # fmt: skip

    assert (leaf.leaf, leaf.before, leaf.after) == ("campaigns[0].deadline.after.n", "60", "50")
    assert (people.lines, people.gain, people.lose, people.alike) == (2, 0, 1, 1)


def test_the_schema_describes_every_part_for_an_editor():
    schema = json.loads(invoke("law", "schema").stdout)

    assert len(schema["$defs"]) > 50
    assert [
        name for name, part in schema["$defs"].items() if not part.get("description") and "properties" in part
    ] == []


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_law_page_shows_articles_what_is_declined_and_who_read(language):
    page = law_page(load_pack("cn-xz-2011"), language=language, on=ON)

    assert "Rollkeeper maintainers" in page
    assert "not confirmed" in page
    assert page.count("<h2 ") >= 8


@pytest.mark.parametrize(
    ("language", "heading"),
    [("zh-hans", "任何号码均可拨打的号码"), ("bo", "※ 任何号码均可拨打的号码 · Numbers that every line reaches"), ("en", "Numbers that every line reaches")],
)  # fmt: skip
def test_law_show_writes_its_headings_in_the_language_that_is_asked(language, heading, tmp_path):
    said = invoke("law", "show", "cn-xz-2011", "--language", language).stdout
    page = tmp_path / "law.html"
    invoke("law", "show", "cn-xz-2011", "--language", language, "--html", str(page))

    assert heading in said.splitlines()
    assert "⟦" not in said + page.read_text("utf-8")


def test_law_show_has_the_languages_of_the_pack_too_and_refuses_others():
    german = invoke("law", "show", "de-tkg-172", "--language", "de")
    other = invoke("law", "show", "de-tkg-172", "--language", "zn-hans")

    assert "vor der Freischaltung" in german.stdout
    assert other.exit_code == 2
    assert "choose one of bo, de, en, zh-hans" in other.stderr


def test_the_law_page_escapes_what_a_pack_says():
    pack = changed("  en: Decision on real-identity", "  en: <script>Decision on real-identity")

    assert "<script>" not in law_page(pack, language="en", on=ON)


def test_law_show_sends_nothing_that_a_pack_says_to_the_terminal_as_a_command(tmp_path):
    pack = tmp_path / "their-law.yaml"
    text = pack_bytes("cn-2013").decode()
    title = next(line for line in text.splitlines() if line.startswith("  en: "))
    pack.write_text(text.replace(title, '  en: "A law\\e[2J\\x9b8m\\u202e of another"'), "utf-8")

    shown = invoke("law", "show", str(pack)).stdout

    assert "of another" in shown
    assert not set(shown) & set("\x1b\x9b\u202e")


def test_the_law_page_of_a_draft_promises_no_day():
    pack = changed("status: confirmed", "status: draft")

    page = law_page(pack, language="en", on=ON)
    assert "may be suspended from" not in page
    assert "It is a draft" in page


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("after: suspended\n", "after: suspendd\n", "did you mean 'suspended'?"),
        ("expect: suspended", "expect: suspendd", "did you mean 'suspended'?"),
        ("kind: exact", "kind: exakt", "did you mean 'exact'?"),
        ("quarantine: {n: 90", "quarantin: {n: 90", "did you mean 'quarantine'?"),
        ("  - id: minor\n", "  - id: individual\n", "'individual' occurs twice"),
        (
            "retention:\n",
            "retenton: 1\nretention:\n",
            "retenton: there is no such field (did you mean 'retention'?).",
        ),
        (
            "  begins: 2012-01-01",
            '  begins: "2012-01-01"',
            "valid.begins: write a date, YYYY-MM-DD, without quotes.",
        ),
        ("version: 1", 'version: "1"', "version: write a whole number, without quotes."),
        ("version: 1", "version: 0", "version: write 1 or more."),
        ("{n: 60, unit: day}", "{n: 60000000, unit: day}", "n: write 100000 or less."),
        ("country: CN,", "country: cn,", "country: write two capital letters, such as CN."),
        ("id: cn-xz-2011", "id: CN-XZ-2011", "id: write small letters and digits, parted by hyphens."),
        (
            "count_first_day: false",
            "count_first_day: no",
            "calendar.count_first_day: write true or false, or write one of unknown.",
        ),
        (
            'article: "3", words',
            "article: 3, words",
            "because.article: write text, in quotes where it looks like a number",
        ),
    ],
)
def test_a_fault_speaks_the_packs_words(old, new, says):
    assert old in REFERENCE

    with pytest.raises(Exception, match=r"pack\.yaml") as raised:
        read_pack(REFERENCE.replace(old, new, 1).encode(), file="pack.yaml")

    assert says in str(raised.value)
    assert "tuple" not in str(raised.value)


def test_one_attribute_twice_is_a_fault():
    twice = REFERENCE.replace("      - name: address\n", "      - name: name\n", 1)

    with refusing(PACK_FAULT, match="'name' occurs twice"):
        read_pack(twice.encode(), file="pack.yaml")


def test_a_declined_duty_names_its_article_its_reason_and_who_answers():
    found = [one for one in check_pack(load_pack("cn-xz-2011"), on=ON) if one.topic == "declined"]

    assert {"Article 7", "Article 8", "Article 9", "Article 10"} <= {
        one.sentence.split(",")[0] for one in found
    }
    assert all("answers" in one.sentence for one in found)


def test_a_declined_duty_of_a_survey_is_named_without_a_number():
    found = [one.sentence for one in check_pack(load_pack("ke-ln163-2015"), on=ON) if one.topic == "declined"]

    assert any(one.startswith("Majority, ") for one in found)
    assert not any(one.startswith("Article majority") for one in found)


def test_scaffolds_have_no_value_of_a_real_law():
    assert all("TODO" in scaffold("xx-a", shape=shape, on=ON) for shape in Shape)


def test_a_law_over_another_acts_by_its_own_words_and_lists_where_they_differ():
    upper = load_pack("cn-xz-2011")

    (below,) = lower_layers(upper)
    page = law_page(upper, language="en", on=ON)

    assert below.pack.id == "cn-2013"
    assert Conflict("retention[0].keep.n", 2, 1) in below.differs
    assert "limits" in below.only_below
    assert upper.retention.years == 1
    assert upper.limits == ()
    assert "The law below this one: cn-2013" in page
    assert "the record: years after the end of the contract: 1 (cn-2013: 2)" in page
    assert any(one.topic == "layers" and "cn-2013" in one.sentence for one in check_pack(upper, on=ON))


def test_a_transposition_lies_over_its_directive():
    (below,) = lower_layers(load_pack("de-bsig-49"))

    assert below.pack.id == "eu-nis2-28"
    assert {one.leaf for one in below.differs} == {"calendar.time_zone", "calendar.holidays.country"}


@pytest.mark.parametrize("layer", ["cn-xz-2011", "no-such-law"])
def test_a_layer_is_another_law_that_is_shipped(layer):
    raw = REFERENCE.replace("layers: [cn-2013]", f"layers: [{layer}]")

    with pytest.raises((Faults, RollkeeperError)) as refused:
        read_pack(raw.encode(), file="pack.yaml")

    assert "no other shipped pack has this id" in str(refused.value)


def test_the_list_names_every_declined_leaf_and_every_text_to_be_read():
    declined, unread = (
        json.loads(invoke("law", "list", "--what", what, "--json").stdout)
        for what in ("declined", "unconfirmed")
    )

    packs = [load_pack(name) for name in shipped_packs()]
    assert [(one["pack"], one["leaf"], one["why"]) for one in declined] == [
        (pack.id, one.leaf, one.why["en"]) for pack in packs for one in pack.file.declined
    ]
    drafts = {pack.id for pack in packs if pack.file.status == "draft"}
    assert drafts <= {one["pack"] for one in unread}
    assert all(one["values"] > 0 and one["read"] for one in unread)


def test_the_law_page_names_each_bar_by_what_it_takes_with_its_day():
    named = staged(20, 30).replace("id: no_calls,", "id: no_calls, title: {en: Second bar},")
    page = law_page(load_pack(str(write_pack(named))), language="en", on=dt.date(2012, 1, 5))

    for said in (
        "may be suspended from (outgoing): 2012-03-06",
        "may be suspended from (Second bar: calls): 2012-03-27",
    ):
        assert said in page
