"""Packs: read strictly, every fault reported, supported whole or not at all."""

import datetime as dt
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from rollkeeper.kernel.canonical import sha256_hex
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law import strict_yaml
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.calendars import Term
from rollkeeper.law.campaign_rules import NotificationRules
from rollkeeper.law.cases import traced_cases
from rollkeeper.law.confirmations import citations
from rollkeeper.law.docs_page import packs_markdown
from rollkeeper.law.errors import (
    PACK_ARTICLE_MISSING,
    PACK_CASE_FAILED,
    PACK_FAULT,
    PACK_NOT_FOUND,
    PACK_NOT_IN_FORCE,
    PACK_WITHOUT_CAMPAIGN,
    UNCONFIRMED_PACK_VALUE,
    UNSUPPORTED_PACK_FIELD,
)
from rollkeeper.law.form_summary import form_summaries
from rollkeeper.law.kinds import RouteRule
from rollkeeper.law.layers import Conflict, list_conflicts
from rollkeeper.law.packs import load_pack, read_pack
from rollkeeper.law.page import law_page
from rollkeeper.law.said_otherwise import SAID_OTHERWISE
from rollkeeper.law.schema import CitedModel, PackFile
from rollkeeper.law.strict_yaml import read_strict
from rollkeeper.law.supported_fields import leaves, unsupported_fields
from tests.builders.packs import confirmed, read_text
from tests.builders.stages import asking_again, staged
from tests.refusals import refusing

REFERENCE = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
OTHERS = Path(__file__).parents[1] / "cases" / "packs"

REMINDER = """      - must_be_delivered: false
        before_deadline: {n: 14, unit: day}
        because: {article: "3", words: {en: Operators inform unregistered users}}
"""


ON = dt.date(2012, 3, 2)


def changed(old: str, new: str, count: int = 1) -> bytes:
    """Return the reference pack with one thing changed."""
    assert old in REFERENCE
    return confirmed(REFERENCE.replace(old, new, count)).encode()


def faults_of(raw: bytes) -> list[RollkeeperError]:
    with pytest.raises(RollkeeperError) as raised:
        read_pack(raw, file="pack.yaml")
    return list(raised.value.faults)


@pytest.mark.parametrize("name", ["cn-xz-2011", "none"])
def test_a_shipped_pack_loads_and_can_be_used(name):
    pack = load_pack(name)

    pack.refuse_unsupported()
    assert pack.id == name
    assert pack is load_pack(name)


def test_a_packs_hash_is_the_hash_of_its_file():
    assert load_pack("cn-xz-2011").hash == sha256_hex(REFERENCE.encode())


def test_the_reference_pack_carries_every_article_that_the_product_serves():
    articles = {a.article for a in load_pack("cn-xz-2011").file.articles if a.source == "decision"}

    assert articles == {
        "1",
        "2 ¶1",
        "2 ¶2",
        "3",
        "4 ¶1",
        "4 ¶2",
        "4 ¶3",
        "5",
        "6",
        "11",
        "12",
        "13",
        "14",
        "15",
        "16",
    }


def test_every_article_of_the_decision_has_its_chinese_and_its_english_words():
    for article in load_pack("cn-xz-2011").file.articles:
        if article.source == "decision":
            assert set(article.text) == {"zh-hans", "en"}


def test_what_the_press_reported_is_unconfirmed_throughout():
    values = [b for _, b in _becauses() if b.source == "measure"]

    assert values
    assert not any(because.confirmed for because in values)


def test_every_value_of_the_decision_quotes_the_sentence_of_the_statute():
    lacking = [path for path, b in _becauses() if b.source is None and set(b.words) != {"zh-hans", "en"}]

    assert lacking == []


def _becauses():
    return list(citations(load_pack("cn-xz-2011").file))


def test_every_part_that_must_cite_an_article_does_so_by_its_type():
    assert all(part.model_fields["because"].is_required() for part in CitedModel.__subclasses__())


@pytest.mark.parametrize("party", ["company_user", "company_bearer"])
def test_what_only_the_press_reported_is_asked_for_and_never_required(party):
    asked = load_pack("cn-xz-2011").attributes("mobile", party)

    assert {a.article for a in asked} == {"as reported"}
    assert not any(a.required or a.confirmed for a in asked)


def test_an_operators_rule_is_never_cited_as_an_article_of_the_law():
    asked = load_pack("cn-xz-2011").attributes("mobile", "guardian")

    assert {a.article for a in asked} == {"operator's rule 3"}


@pytest.mark.parametrize("party", ["individual", "minor", "company"])
def test_the_decision_asks_four_things_and_no_more(party):
    asked = load_pack("cn-xz-2011").attributes("mobile", party)

    assert [a.name for a in asked] == ["name", "address", "document_type", "document_number"]
    assert all(a.required and a.article and a.why for a in asked)


def test_nothing_is_asked_for_a_service_or_a_party_that_no_law_names():
    pack = load_pack("cn-xz-2011")

    assert pack.attributes("email", "individual") == ()
    assert pack.attributes("mobile", "passer_by") == ()


def test_a_law_without_a_duty_asks_nothing():
    pack = load_pack("none")

    assert pack.duty is False
    assert pack.attributes("mobile", "individual") == ()
    with refusing(PACK_WITHOUT_CAMPAIGN):
        _ = pack.campaign


def test_the_reference_campaign_is_as_the_decision_says():
    rules = load_pack("cn-xz-2011").campaign

    assert (str(rules.begins_on), rules.grace_days, rules.time_to_end) == ("2012-01-01", 60, Term(30))
    assert {
        rules.cohort_article,
        rules.grace_article,
        rules.suspension_article,
        rules.stages[-1].article,
    } == {"3"}
    assert load_pack("cn-xz-2011").retention.article == "5"


def test_an_own_pack_is_checked_once_for_as_long_as_its_file_stays_as_it_is(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(REFERENCE, "utf-8")
    first = load_pack(file)
    again = load_pack(file)
    file.write_text(f"{REFERENCE}\n# a word more\n", "utf-8")

    assert again is first
    assert load_pack(file).hash != first.hash


def test_an_unknown_pack_names_the_shipped_ones():
    with refusing(PACK_NOT_FOUND) as raised:
        load_pack("atlantis")

    assert "cn-xz-2011, de-bsig-49" in raised.value.advice


@pytest.mark.parametrize(
    ("old", "new", "leaf"),
    [
        ('      because:\n        article: "3"\n        words: {zh-hans: 自2012年1月1日起60日内', '      x:\n        article: "3"\n        words: {zh-hans: 自2012年1月1日起60日内', "campaigns[0].deadline"),
        ('    because:\n      article: "5"', "    because:\n      confirmed: true", "retention[0]"),
        ("because: {article: 2 ¶1, words: {zh-hans: 名称, en: name}}", 'because: {article: ""}', "party_kinds[0].attributes[0]"),
        ("because: {article: 2 ¶1, words: {zh-hans: 名称, en: name}}", "because:", "party_kinds[0].attributes[0]"),
    ],
)  # fmt: skip
def test_a_value_that_cites_no_article_is_refused_with_its_line(old, new, leaf):
    missing = [fault for fault in faults_of(changed(old, new)) if fault.code == PACK_ARTICLE_MISSING.code]

    assert [fault.facts["leaf"] for fault in missing] == [leaf]
    assert 0 < REFERENCE[: REFERENCE.index(old)].count("\n") + 2 - missing[0].facts["line"] < 8


def test_an_article_that_the_pack_does_not_carry_is_refused():
    (fault,) = faults_of(changed('article: "5"\n      words', 'article: "99"\n      words'))

    assert "carries no article 99" in str(fault)


def test_words_that_the_article_does_not_contain_are_refused():
    faults = faults_of(
        changed(
            "words: {zh-hans: 保存期为1年, en: for one year}",
            "words: {zh-hans: 保存期为2年, en: for two years}",
        )
    )

    assert ["are not in article 5" in str(fault) for fault in faults] == [True, True]


def test_all_faults_of_a_file_are_reported_with_their_lines():
    raw = REFERENCE.replace("n: 60", 'n: "60"').replace("kind: exact", "kind: roughly", 1)
    raw = raw.replace("status: confirmed", "status: confirmed\ncolour: blue")

    faults = faults_of(raw.encode())

    lines = raw.splitlines()
    assert {f.facts["leaf"] for f in faults} == {
        "campaigns[0].deadline.after.n",
        "retention[0].kind",
        "colour",
    }
    for fault in faults:
        assert fault.facts["file"] == "pack.yaml"
        assert fault.facts["leaf"].rsplit(".")[-1] in lines[fault.facts["line"] - 1]


def test_a_key_that_stands_twice_is_refused():
    faults = faults_of(changed("duty: true", "duty: true\nduty: false\nstatus: draft"))

    assert [fault.facts["leaf"] for fault in faults] == ["duty", "status"]
    assert all("occurs twice" in str(fault) for fault in faults)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "it is empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a: [1", "not YAML"),
        (b"a: &x 1\nb: *x", "anchors"),
        (b"a: 1.5", "whole number"),
        (b"a: !!python/object:os.system x", "whole number"),
        (b"a: 010", "whole number"),
        (b"a: 2012-02-30", "no such date"),
        (b"1: a", "not plain text"),
        (b"<<: {a: 1}", "not plain text"),
        (b"a: 1\n---\nb: 2", "not YAML"),
        (b"a: {? [x]: y, b: 1}", "not plain text"),
        (b"a: True", "whole number"),
        (b"a: 0x10", "whole number"),
        (b"a: .5", "whole number"),
        (b"a: !!int 010", "whole number"),
        (b"a: 2012-1-1 10:00:00", "no such date"),
        (b"~: a", "not plain text"),
        (b"[" * 5000, "not YAML"),
        (b"a: " + b"x" * 2_000_000, "longer than"),
        (b"- a", "map of names and values"),
    ],
)  # fmt: skip
def test_what_is_not_plain_yaml_is_refused_in_a_sentence(raw, why):
    faults = faults_of(raw)

    assert why in str(faults[0])
    assert all(fault.code == PACK_FAULT.code for fault in faults)


def test_plain_words_mean_what_yaml_1_2_has_them_mean():
    raw = b"a: no\nb: on\nc: 1:30\nd: 2012-02-29\ne: '010'\nf: ~\ng:\nh: -7\ni: [y, !!str 7]\nj: |\n  x\n"

    found = read_strict(raw, "pack.yaml")

    day = dt.date(2012, 2, 29)
    words = {"a": "no", "b": "on", "c": "1:30", "d": day, "e": "010", "f": None, "g": None, "h": -7}
    assert found.data == words | {"i": ("y", "7"), "j": "x\n"}
    assert found.line_of(("i", 1)) == 9


def test_packs_are_read_by_libyaml_and_not_by_a_reader_in_python():
    assert strict_yaml._LOADER is yaml.CBaseLoader


def test_aliases_for_millions_of_values_are_refused_and_not_followed():
    rows = [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(8)]

    faults = faults_of("\n".join(["a: &a [x]", *rows]).encode())

    assert [fault.facts["leaf"] for fault in faults] == list("abcdefghi")


def test_a_pack_that_fails_one_of_its_cases_does_not_load():
    faults = faults_of(changed("after: {n: 60, unit: day}", "after: {n: 61, unit: day}"))

    assert all(fault.code == PACK_CASE_FAILED.code for fault in faults)
    assert (
        "'the day after it': on 2012-03-02 the pack expects 'suspended', and its values give 'running'"
        in str(faults[0])
    )


def test_no_stage_can_bar_emergency_calls():
    faults = faults_of(
        changed("always_allow: [emergency, operator_care, registration]", "always_allow: [operator_care]")
    )

    assert "no stage can bar emergency calls" in str(faults[0])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("country: CN", "country: ZZ", "no calendar is known for this country"),
        ("time_zone: Asia/Shanghai", "time_zone: Asia/Atlantis", "no time zone has this name"),
        ("      - id: terminated", "      - id: suspended", "'suspended' occurs twice"),
        ("  - id: operator", "  - id: measure", "'measure' occurs twice"),
    ],
)
def test_leaves_that_do_not_fit_together_are_refused(old, new, why):
    assert any(why in str(fault) for fault in faults_of(changed(old, new)))


def test_a_pack_without_a_duty_that_asks_something_is_refused():
    (fault,) = faults_of(changed("duty: true", "duty: false"))

    assert "asks nothing of anybody" in str(fault)


def test_an_unknown_first_day_counts_as_the_later_date():
    unknown, left_out, counted = (
        read_pack(changed("count_first_day: false", f"count_first_day: {said}"), file="pack.yaml")
        for said in ("unknown", "false", "true")
    )

    assert unknown.unsupported_fields == left_out.unsupported_fields == ()
    assert "the last is 2012-03-01" in str(traced_cases(unknown))
    assert traced_cases(unknown) == traced_cases(left_out)
    # That the day itself counts would take a day away: it is said, and no law acts by it.
    assert counted.unsupported_fields == ("'calendar.count_first_day: true'",)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("count_first_day: false", "count_first_day: true", "'calendar.count_first_day: true'"),
        ("roll_last_day: next_working", "roll_last_day: none", "'calendar.roll_last_day: none'"),
        ("day_kind: calendar", "day_kind: working", "'calendar.day_kind: working'"),
        ("lasts: {n: 24, unit: hour}", "lasts: {n: 0, unit: hour}", "'campaigns[0].temporary_reconnection.lasts.n: 0'"),
        ("lasts: {n: 24, unit: hour}", "lasts: {n: 1, unit: day}", "'campaigns[0].temporary_reconnection.lasts.unit: day'"),
        ("must_be_delivered: true", "must_be_delivered: true\n        channels: [sms, visit]", "'campaigns[0].notices[0].channels[1]: visit'"),
        ("must_be_delivered: true", "must_be_delivered: true\n        attempts_apart: {n: 1, unit: month}", "'campaigns[0].notices[0].attempts_apart.unit: month'"),
        ("after: {n: 60, unit: day}", "after: {n: 60, unit: hour}", "'campaigns[0].deadline.after.unit: hour'"),
        ("not_before_notice: true", "not_before_notice: false", "'campaigns[0].deadline.not_before_notice: false'"),
        ("must_be_delivered: true", "must_be_delivered: false", "(none has to be delivered)"),
        ("must_be_delivered: true", "must_be_delivered: true\n        before_deadline: {n: 7, unit: day}", "(the first notice starts the clock)"),
        ("    stages:\n", REMINDER.replace("n: 14", "n: 0") + "    stages:\n", "'campaigns[0].notices[1].before_deadline.n: 0'"),
        ("    stages:\n", REMINDER.replace("unit: day", "unit: month") + "    stages:\n", "'campaigns[0].notices[1].before_deadline.unit: month'"),
        ("    stages:\n", REMINDER.replace("false", "true") + "    stages:\n", "(of a reminder)"),
        ("    stages:\n", REMINDER.replace("before_deadline: {n: 14, unit: day}", "min_attempts: 2") + "    stages:\n", "(a further notice that is no reminder)"),
        ("    stages:\n", REMINDER + "        channels: [sms]\n    stages:\n", "(a reminder with separate channels or attempts)"),
        ("always_allow: [emergency, operator_care, registration]", "always_allow: [emergency]", "'campaigns[0].stages'"),
        ("keep: {n: 1, unit: year}", "keep: {n: 1, unit: working_day}", "'retention[0].keep.unit: working_day'"),
        ("kind: exact", "kind: max", "'retention[0].kind: max'"),
    ],
)  # fmt: skip
def test_an_unsupported_field_loads_and_is_refused_for_use_by_its_name(old, new, named):
    pack = read_pack(changed(old, new), file="pack.yaml")

    with refusing(UNSUPPORTED_PACK_FIELD) as raised:
        pack.refuse_unsupported()

    assert named in str(raised.value)
    assert str(raised.value).startswith("The pack cn-xz-2011 cannot be used: nothing here supports its ")


LIMIT = "what: lines, group: person, scope: operator, kind: stock, n: 5, over: refuse"
NATIONAL = LIMIT.replace("operator", "national")
FLOW = LIMIT.replace("stock", "flow") + ", window: {n: 30, unit: day}"


def limited(limit: str, because: str = "article: 2 ¶1") -> bytes:
    """Return the reference pack with a limit."""
    return changed("\nretention:", f"\nlimits:\n  - {{{limit}, because: {{{because}}}}}\nretention:")


@pytest.mark.parametrize(
    ("limit", "named"),
    [
        (FLOW.replace("operator", "national"), "'limits[0].scope: national' (of a flow)"),
        (f"{NATIONAL}, regions: [Lhasa]", "'limits[0].scope: national' (of some regions)"),
        (f"{NATIONAL}, service: mobile, because: {{article: 2 ¶1}}}}\n  - {{{NATIONAL}", "'limits[1].scope: national' (of other lines than another one)"),
        (LIMIT.replace("person", "guardian"), "'limits[0].group: guardian'"),
        (f"{LIMIT}, exempt: [tourist]", "'limits[0].exempt[0]: tourist'"),
        (f"{LIMIT}, service: esim", "'limits[0].service: esim'"),
        (f"{LIMIT}, window: {{n: 30, unit: day}}", "'limits[0].window'"),
        (LIMIT.replace("stock", "flow"), "'limits[0].window'"),
        (FLOW.replace("refuse", "choose_keep"), "'limits[0].over: choose_keep' (of a flow)"),
        (FLOW.replace("unit: day", "unit: hour"), "'limits[0].window.unit: hour'"),
        (FLOW.replace("n: 30", "n: 0"), "'limits[0].window.n: 0'"),
    ],
)  # fmt: skip
def test_a_limit_that_nothing_here_can_keep_is_refused_for_use_by_its_name(limit, named):
    pack = read_pack(limited(limit), file="pack.yaml")

    with refusing(UNSUPPORTED_PACK_FIELD, match=re.escape(named)):
        assert pack.limits


@pytest.mark.parametrize(
    ("limit", "rule"),
    [
        (LIMIT, (("individual", "minor"), 5, None, "refuse")),
        (f"{LIMIT.replace('person', 'company')}, existing_lines: keep", (("company",), 5, None, "refuse")),
        (f"{LIMIT.replace('refuse', 'review')}, exempt: [minor]", (("individual",), 5, None, "review")),
        (LIMIT.replace("refuse", "choose_keep"), (("individual", "minor"), 5, None, "choose_keep")),
        (FLOW, (("individual", "minor"), 5, Term(30), "refuse")),
    ],
)
def test_a_limit_comes_with_its_article(limit, rule):
    (given,) = read_pack(limited(limit), file="pack.yaml").limits

    assert (given.party_kinds, given.n, given.window, given.over) == rule
    assert given.article == "2 ¶1"


@pytest.mark.parametrize(
    ("limit", "mobile", "data_card"),
    [
        (LIMIT, True, True),
        (f"{LIMIT}, service: mobile", True, False),
        (f"{LIMIT}, exempt: [mobile]", False, True),
    ],
)
def test_a_limit_concerns_the_services_that_it_names_and_does_not_exempt(limit, mobile, data_card):
    (given,) = read_pack(limited(limit), file="pack.yaml").limits

    assert given.concerns("individual", "mobile", "unknown", activated_on=ON, region=None) == mobile
    assert given.concerns("individual", "data_card", "unknown", activated_on=ON, region=None) == data_card
    assert not given.concerns("company", "mobile", "unknown", activated_on=ON, region=None)


@pytest.mark.parametrize(
    ("regions", "region", "is_concerned"),
    [
        ("", None, True),
        ("", "Lhasa", True),
        ("[Lhasa]", "Lhasa", True),
        ("[Lhasa]", "lhasa", False),
        ("[Lhasa]", None, False),
        ("[Shigatse, Lhasa]", "Lhasa", True),
        ("[Shigatse, Nagchu]", "Lhasa", False),
    ],
)
def test_a_limit_concerns_the_regions_that_it_names_and_no_line_without_one(regions, region, is_concerned):
    limit = f"{LIMIT}, regions: {regions}" if regions else LIMIT
    (given,) = read_pack(limited(limit), file="pack.yaml").limits

    assert given.concerns("individual", "mobile", "unknown", activated_on=ON, region=region) == is_concerned


@pytest.mark.parametrize(("limit", "is_national"), [(LIMIT, False), (NATIONAL, True)])
def test_a_limit_says_whether_lines_with_other_operators_count(limit, is_national):
    (given,) = read_pack(limited(limit), file="pack.yaml").limits

    assert given.is_national == is_national


REDUCED = f"{LIMIT}, existing_lines: must_reduce"
ASKED_TO = "registered: true, lines_over: 5, party_kinds: [individual, minor]"


def reducing(limit: str = REDUCED, cohort: str = ASKED_TO) -> bytes:
    """Return the reference pack with a limit and a campaign whose cohort is narrowed so."""
    whole = "registered: false, services: [mobile, data_card, fixed_line]"
    changed = limited(limit).decode().replace(whole, cohort, 1)
    assert cohort in changed
    cases = changed.index("\ntests:")
    return confirmed(changed[:cases] + changed[changed.index("\nopen_questions:") :]).encode()


def test_a_limit_by_which_people_reduce_their_lines_says_so():
    (given,) = read_pack(reducing(), file="pack.yaml").limits
    (kept,) = read_pack(limited(LIMIT), file="pack.yaml").limits

    assert (given.reduces, kept.reduces) == (True, False)


@pytest.mark.parametrize(
    ("limit", "cohort", "named"),
    [
        (REDUCED, "registered: false", "without a campaign that asks these people; write 'cohort: {when: {registered: true, lines_over: 5, party_kinds: [individual, minor]}}'"),
        (f"{REDUCED}, service: mobile, regions: [Lhasa]", ASKED_TO, "lines_over: 5, party_kinds: [individual, minor], services: [mobile], regions: [Lhasa]}}"),
        (f"{REDUCED}, exempt: [minor], activated_from: 2011-01-01", ASKED_TO, "lines_over: 5, party_kinds: [individual], activated_from: 2011-01-01}}"),
        (REDUCED, ASKED_TO.replace("5", "6"), "without a campaign"),
        (REDUCED, ASKED_TO.replace(", minor", ""), "without a campaign"),
        (REDUCED, f"{ASKED_TO}, payment: prepaid", "without a campaign"),
        (REDUCED, "registered: true, assurance: [declared]", "which lines they keep could not be told"),
        (REDUCED.replace("operator", "national"), ASKED_TO, "no one here sees the lines elsewhere"),
        (f"{FLOW}, existing_lines: must_reduce", ASKED_TO, "of a flow"),
        (f"{REDUCED}, channel: remote", ASKED_TO, "who comes to a counter may have more"),
    ],
)  # fmt: skip
def test_a_limit_that_no_campaign_here_can_make_people_keep_to_is_refused(limit, cohort, named):
    pack = read_pack(reducing(limit, cohort), file="pack.yaml")

    with refusing(UNSUPPORTED_PACK_FIELD, match=re.escape(named)):
        pack.refuse_unsupported()


@pytest.mark.parametrize(
    ("cohort", "named"),
    [
        ("registered: false, lines_over: 5", "lines_over of registrations, of lines without one"),
        ("registered: true, lines_over: 5, party_kinds: [guardian]", "party_kinds[0]: guardian"),
    ],
)
def test_a_number_of_lines_is_asked_of_registered_subscribers_alone(cohort, named):
    pack = read_pack(reducing(LIMIT, cohort), file="pack.yaml")

    with refusing(UNSUPPORTED_PACK_FIELD, match=re.escape(named)):
        pack.refuse_unsupported()


def test_a_number_of_lines_without_an_end_is_refused():
    text = asking_again(staged(20, ends=False), before="", lines_over=2)
    pack = read_pack(confirmed(text).encode(), file="pack.yaml")

    with refusing(UNSUPPORTED_PACK_FIELD, match="lines_over, without an end"):
        pack.refuse_unsupported()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("in-dot-2021", [("national", 9, ()), ("operator", 6, ("Jammu and Kashmir",)), ("operator", 6, ("Assam",)), ("operator", 6, ("North East",))]),
        ("mx-crt-2025", [("national", 10, ())]),
    ],
)  # fmt: skip
def test_limits_that_the_press_reports_are_in_their_packs_and_refuse_no_one(name, said):
    pack = load_pack(name)

    assert [(one.scope, one.n, one.regions) for one in pack.file.limits] == said
    assert pack.limits == ()
    asked = {one.kind: one.sentence for one in form_summaries(pack)}
    assert f"how many lines with other operators, for a limit of {said[0][1]}" in asked["individual"]
    assert "with other operators" not in asked["company"]
    page = law_page(pack, language="en", on=ON)
    for scope, most, regions in said:
        named = f"regions {' '.join(regions)}, " if regions else ""
        assert f"{named}scope {scope}, kind stock, n {most}" in page


def test_an_unconfirmed_limit_is_not_applied():
    pack = read_pack(limited(LIMIT, "article: 2 ¶1, confirmed: false"), file="pack.yaml")

    assert pack.limits == ()


ROUTE = "{by: [referee, police_report], valid_for: {n: 30, unit: day}"


def routed(route: str, kind: str = "individual", because: str = "article: 2 ¶1") -> bytes:
    """Return the reference pack with ways for people without a document."""
    head = f"  - id: {kind}\n"
    return changed(head, f"{head}    no_document_route: [{route}, because: {{{because}}}}}]\n")


@pytest.mark.parametrize(
    ("route", "kind", "named"),
    [
        (ROUTE.replace("unit: day", "unit: hour"), "individual", "valid_for.unit: hour'"),
        (ROUTE.replace("n: 30", "n: 0"), "individual", "valid_for.n: 0'"),
        (ROUTE.replace("police_report", "referee"), "individual", "(one way twice)"),
        (ROUTE, "company", "'party_kinds[3].no_document_route' (of a company)"),
    ],
)
def test_an_unsupported_route_without_document_is_refused_by_its_name(route, kind, named):
    pack = read_pack(routed(route, kind), file="pack.yaml")

    with refusing(UNSUPPORTED_PACK_FIELD) as raised:
        pack.refuse_unsupported()

    assert named in str(raised.value)


def test_a_route_without_document_comes_with_its_article_and_last_day():
    pack = read_pack(routed(ROUTE), file="pack.yaml")

    assert pack.routes("mobile", "individual") == (
        RouteRule("referee", Term(30), "2 ¶1"),
        RouteRule("police_report", Term(30), "2 ¶1"),
    )
    assert pack.routes("mobile", "individual")[0].last_day(dt.date(2012, 2, 1)) == dt.date(2012, 3, 2)
    assert pack.routes("mobile", "minor") == ()
    assert pack.routes("email", "individual") == ()


def test_an_unconfirmed_time_limit_is_not_applied():
    pack = read_pack(routed(ROUTE, because="article: 2 ¶1, confirmed: false"), file="pack.yaml")

    assert {rule.term for rule in pack.routes("mobile", "individual")} == {None}


def test_the_reference_law_has_no_limits():
    assert load_pack("cn-xz-2011").limits == ()


def test_a_pack_may_have_people_reminded_so_many_days_before_the_last_one():
    raw = changed("    stages:\n", REMINDER.replace("14", "3") + REMINDER + "    stages:\n")

    assert read_pack(raw, file="pack.yaml").reminders == (14, 3)
    assert load_pack("cn-xz-2011").reminders == ()


@pytest.mark.parametrize("hours", [1, 24, 25])
def test_the_hours_of_a_temporary_reconnection_are_the_packs_and_may_be_none(hours):
    given = read_pack(
        changed("lasts: {n: 24, unit: hour}", f"lasts: {{n: {hours}, unit: hour}}"), file="pack.yaml"
    )
    silent = REFERENCE[REFERENCE.index("    temporary_reconnection:") : REFERENCE.index("\nretention:")]

    assert (given.temporary_reconnection.hours, given.temporary_reconnection.article) == (
        hours,
        "operator's rule 4",
    )
    assert read_pack(changed(silent, ""), file="pack.yaml").temporary_reconnection is None


def test_notification_rules_come_from_the_pack():
    notified = "must_be_delivered: true\n        channels: [voice, sms, post]\n        min_attempts: 3\n        attempts_apart: {n: 36, unit: hour}"
    raw = changed("must_be_delivered: true", notified).replace(
        b"  no_action_on:", b'  quiet_hours: [{begins: "20:00", ends: "08:30"}]\n  no_action_on:'
    )

    telling = read_pack(raw, file="pack.yaml").notification_rules

    assert telling == NotificationRules(
        channels=("voice", "sms", "post"), min_attempts=3, attempts_apart=dt.timedelta(hours=36),
        quiet_hours=((dt.time(20), dt.time(8, 30)),),
    )  # fmt: skip


def test_a_law_that_is_silent_leaves_the_telling_to_the_operator():
    assert load_pack("cn-xz-2011").notification_rules == NotificationRules((), 0, dt.timedelta(), ())
    assert load_pack("none").notification_rules == NotificationRules((), 0, dt.timedelta(), ())


def test_a_pack_is_not_supported_in_part():
    pack = read_pack(changed("day_kind: calendar", "day_kind: working"), file="pack.yaml")

    for ask in (
        lambda: pack.campaign,
        lambda: pack.retention,
        lambda: pack.number_quarantine,
        lambda: pack.attributes("mobile", "individual"),
        lambda: require_act(pack, Act("suspend"), on=ON),
    ):
        with refusing(UNSUPPORTED_PACK_FIELD):
            ask()


OTHER_LAWS = {
    "australia": [],
    "belgium": [],
    "germany": [],
    "ghana": ["'campaigns[0].notices' (none has to be delivered)"],
    "india": [
        "of registered lines, without the day, the assurance or the last day",
    ],
    "indonesia": [
        "'campaigns[0].notices' (none has to be delivered)",
        "without an end where 'last' does not say so",
    ],
    "kenya": ["'campaigns[0].notices' (none has to be delivered)"],
    "korea": ["'limits[0].scope: national' (of a flow)"],
    "mexico": ["'calendar.day_kind: working'", "always_allow[1]: 911", "name: curp"],
    "nigeria": [],
    "nis2": ["needs: legitimate_request", "reply.unit: hour"],
    "pakistan": ["'party_kinds[0].id: estate'"],
    "philippines": [
        "without an end where 'last' does not say so",
    ],
    "singapore": [
        "'limits[1].scope: national' (of other lines than another one)",
        "'limits[0].exempt[1]: data_only'",
    ],
    "switzerland": ["seller_name"],
    "tanzania": ["diplomatic_mission"],
    "united-kingdom": [],
    "united-states": [],
}


def test_a_document_check_in_person_needs_a_confirmed_article(
    tmp_path,
):
    reference = load_pack("cn-xz-2011")
    text = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
    doubted = tmp_path / "doubted.yaml"
    doubted.write_text(
        text.replace(
            "services: [mobile, data_card, fixed_line]\n        because:\n          article: 4 ¶1",
            "services: [mobile, data_card, fixed_line]\n        because:\n          confirmed: false\n          article: 4 ¶1",
        ),
        "utf-8",
    )

    assert reference.sight_article("individual") == "4 ¶1"
    assert reference.sight_article("company_bearer") is None
    assert load_pack(doubted).sight_article("individual") is None


def test_every_other_law_of_the_survey_has_its_pack():
    assert {file.stem for file in OTHERS.glob("*.yaml")} == set(OTHER_LAWS)


@pytest.mark.parametrize("name", sorted(OTHER_LAWS))
def test_the_schema_fits_another_law_and_names_what_is_unsupported(name):
    pack = load_pack(OTHERS / f"{name}.yaml")

    named = ", ".join(pack.unsupported_fields)

    assert bool(named) == bool(OTHER_LAWS[name])
    for field in OTHER_LAWS[name]:
        assert field in named


@pytest.mark.parametrize("asked", SAID_OTHERWISE)
def test_what_laws_ask_and_no_field_says_is_pointed_to_where_it_is_said(asked):
    (fault,) = faults_of(changed("status: confirmed\n", f"status: confirmed\n{asked}: x\n"))

    assert f"there is no such field; {SAID_OTHERWISE[asked]}" in str(fault)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("month_overflow:", "bound: inclusive\n  month_overflow:"),
        ("status: confirmed\n", "status: confirmed\ncourt_stays: []\nsupersedes: null\n"),
        ("lasts: {n: 24, unit: hour}", "lasts: {n: 24, unit: hour, full: false}"),
    ],
)
def test_a_field_of_before_that_said_nothing_still_says_nothing(old, new):
    pack = read_pack(changed(old, new), file="pack.yaml")

    pack.refuse_unsupported()
    assert pack.file == read_pack(REFERENCE.encode(), file="pack.yaml").file


@pytest.mark.parametrize("length", ["n: 1201, unit: month", "n: 101, unit: year"])
def test_nothing_is_longer_than_a_hundred_years(length):
    (fault,) = faults_of(changed("after: {n: 60, unit: day}", f"after: {{{length}}}"))

    assert "longer than a hundred years" in str(fault)


def test_no_field_of_a_pack_is_among_what_is_said_otherwise():
    schema = PackFile.model_json_schema()
    parts = [schema, *schema["$defs"].values()]

    assert not {name for part in parts for name in part.get("properties", {})} & set(SAID_OTHERWISE)


def test_every_field_of_a_pack_is_supported_for_some_value():
    assert "Not supported" not in packs_markdown()


def test_a_law_without_a_duty_elsewhere_can_be_used_and_rests_numbers():
    pack = load_pack(OTHERS / "united-states.yaml")

    assert pack.number_quarantine == Term(45)
    assert pack.attributes("mobile", "individual") == ()


def test_a_new_field_of_the_schema_is_unsupported_until_it_is_listed():
    class Wider(PackFile):
        new_duty: str | None = None

    wider = Wider(**dict(load_pack("none").file), new_duty="march")

    assert unsupported_fields(wider) == ("'new_duty'",)


@pytest.mark.parametrize("action", ["suspend", "terminate"])
def test_the_reference_pack_carries_the_campaigns_acts(action):
    require_act(load_pack("cn-xz-2011"), Act(action), on=ON)


@pytest.mark.parametrize(
    ("words", "named", "refused"),
    [
        ("开始的当天不算入", "calendar", ["suspend", "terminate"]),
        ("未进行真实身份登记的电话用户, en: unregistered", "cohort", ["suspend", "terminate"]),
        ("自2012年1月1日起60日内", "deadline", ["suspend", "terminate"]),
        ("应当于2012年1月1日前告知未进行真实身份登记的电话用户", "notices", ["suspend", "terminate"]),
        ("应当暂停向其提供电信服务，紧急呼叫服务除外", "stage 'suspended'", ["suspend", "terminate"]),
        ("暂停服务满30日用户仍未补办手续的", "stage 'terminated'", ["terminate"]),
    ],
)
def test_an_act_that_rests_on_an_unconfirmed_value_is_refused(words, named, refused):
    line = re.search(rf"^( +)words: {{zh-hans: {words}.*$", REFERENCE, re.MULTILINE)
    pack = read_pack(
        changed(line.group(), f"{line.group(1)}confirmed: false\n{line.group()}"), file="pack.yaml"
    )

    for action in {"suspend", "terminate"} - set(refused):
        require_act(pack, Act(action), on=ON)
    for action in refused:
        with refusing(UNCONFIRMED_PACK_VALUE) as raised:
            require_act(pack, Act(action), on=ON)
        assert f"its {named} is not confirmed" in str(raised.value)


@pytest.mark.parametrize("status", ["struck_down", "suspended_by_court"])
def test_a_law_that_is_not_in_force_carries_no_act(status):
    pack = read_pack(changed("status: confirmed", f"status: {status}"), file="pack.yaml")

    with refusing(PACK_NOT_IN_FORCE):
        require_act(pack, Act("suspend"), on=ON)


def test_a_law_without_a_campaign_carries_no_act():
    with refusing(PACK_WITHOUT_CAMPAIGN):
        require_act(load_pack("none"), Act("suspend"), on=ON)


def test_layers_that_differ_are_listed():
    lower = load_pack("cn-xz-2011").file
    upper = read_pack(
        changed("keep: {n: 1, unit: year}", "keep: {n: 2, unit: month}").replace(
            REFERENCE[REFERENCE.index("\ntests:") : REFERENCE.index("\nopen_questions:")].encode(),
            b"\n",
        ),
        file="pack.yaml",
    ).file

    assert list_conflicts(lower, upper) == (
        Conflict("retention[0].keep.n", 1, 2),
        Conflict("retention[0].keep.unit", "year", "month"),
    )


def test_a_pack_does_not_print_its_whole_self():
    assert len(repr(load_pack("cn-xz-2011"))) < 200


def test_the_page_of_fields_lists_the_reference_pack_as_supported():
    from rollkeeper.law.docs_page import packs_markdown

    supported = {
        f"{part}.{name}".removeprefix("the pack."): heading
        for heading, text in re.findall(
            r"^## (.+?)\n(.*?)(?=^## |\Z)", packs_markdown(), re.MULTILINE | re.DOTALL
        )
        for part, fields in re.findall(r"^- `(.+?)`: (.+)$", text, re.MULTILINE)
        for name in re.findall(r"`(.+?)`", fields)
    }
    used = {re.sub(r"\[\d+\]", "[]", path) for path, _ in leaves(load_pack("cn-xz-2011").file)}

    known = {path for path in used if path in supported}
    assert len(known) > 50
    assert {path for path in known if supported[path] == "Not supported yet"} == set()


@pytest.mark.parametrize(("number", "shown"), [("whole", True), ("ends", False)])
def test_a_pack_says_whether_document_copies_are_kept_and_how_redacted(number, shown):
    law = read_pack(changed("    number: whole\n", f"    number: {number}\n"), file="pack.yaml").document_copy

    assert (law.is_required, law.shows_middle_of_number, law.article) == (True, shown, "4 ¶1")


def test_without_a_word_about_copies_none_is_kept():
    assert load_pack("none").document_copy is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{data: allow}", "{voice_out: allow, sms_out: allow, data: allow}", "no network is asked for: 'no_calls'"),
        ("{data: allow}", "{voice_in: allow, data: allow}", "no network is asked for: 'no_calls'"),
        ("{data: allow}", "{voice_out: allow, voice_in: allow, sms_out: allow, sms_in: allow}", "gives back what the one before took: 'no_calls'"),
        ("after: deadline, plus: {n: 0,", "after: deadline, plus: {n: 1,", "other than the first at the deadline"),
        ("after: no_calls_out, plus: {n: 20,", "after: deadline, plus: {n: 0,", "each a day or more after one before it"),
        ("after: no_calls, plus: {n: 30, unit: day}", "after: no_calls_out, plus: {n: 3, unit: month}", "months after the one directly before it"),
        ("plus: {n: 20, unit: day}", "plus: {n: 0, unit: month}", "months after the one directly before it"),
        ("after: deadline, plus: {n: 0, unit: day}", "after: deadline, plus: {n: 1, unit: month}", "other than the first at the deadline"),
        ("plus: {n: 20, unit: day}", "plus: {n: 20, unit: hour}", "plus.unit: hour'"),
        ("plus: {n: 20, unit: day}", "plus: {n: 20, unit: year}", "plus.unit: year'"),
        ("no_calls,", "registered,", "stages[1].id: registered"),
        ("id: terminated,", "id: over,", "an end of another name than 'terminated'"),
        ("reversible: false, number: quarantine, ", "reversible: false, number: quarantine, last: true, ", "with 'last' at the end"),
        ("services: {data: allow}, ", "services: {data: allow}, last: true, ", "with 'last' before the end: 'no_calls'"),
        ("services: {data: allow}, always_allow: [emergency, operator_care, registration]", "services: {data: allow}, always_allow: [emergency, operator_care]", "another floor than emergency calls"),
    ],
)  # fmt: skip
def test_stages_that_could_be_carried_out_by_halves_make_a_pack_unusable(old, new, fault):
    text = staged(20, 30)
    assert old in text

    pack = read_text(text.replace(old, new))

    assert fault in ", ".join(pack.unsupported_fields)
    with refusing(UNSUPPORTED_PACK_FIELD):
        pack.campaign.stages  # noqa: B018 - asking is what is refused


@pytest.mark.parametrize(
    ("second", "third", "terms"),
    [
        ("no_calls_out, plus: {n: 1, unit: month}", "no_calls, plus: {n: 3, unit: month}", [Term(months=1), Term(months=3)]),
        ("deadline, plus: {n: 1, unit: month}", "no_calls, plus: {n: 30, unit: day}", [Term(months=1), Term(30)]),
        ("no_calls_out, plus: {n: 20, unit: day}", "deadline, plus: {n: 50, unit: day}", [Term(20), Term(30)]),
        ("no_calls_out, plus: {n: 1, unit: month}", "deadline, plus: {n: 2, unit: month}", None),  # what is left has no number of days
        ("no_calls_out, plus: {n: 1, unit: month}", "deadline, plus: {n: 50, unit: day}", None),
        ("no_calls_out, plus: {n: 20, unit: day}", "deadline, plus: {n: 2, unit: month}", None),
    ],
)  # fmt: skip
def test_a_stage_in_months_follows_on_the_one_directly_before_it_alone(second, third, terms):
    text = staged(20, 30).replace("no_calls_out, plus: {n: 20, unit: day}", second, 1)
    pack = read_text(text.replace("no_calls, plus: {n: 30, unit: day}", third, 1))

    if terms is None:
        assert "months after the one directly before it" in ", ".join(pack.unsupported_fields)
    else:
        found = [stage.term for stage in pack.campaign.stages[1:]]
        assert found == [replace(one, overflows_to_next_month=bool(one.months)) for one in terms]
