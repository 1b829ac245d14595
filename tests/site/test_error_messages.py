"""Every refusal is in Chinese, facts included; an untranslated one stays in English and is marked."""

import ast
import datetime as dt
import re

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.campaign.choices import Action, BatchState
from rollkeeper.documents.verdicts import Reason
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.error_messages import (
    CONTEXT,
    catalogue_key,
    one_text,
    translated,
    translated_texts,
    translated_words,
)
from rollkeeper.kernel.errors import SETTING_FAULT, Faults, Kind, Refusal
from rollkeeper.law.acts import Act
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.errors import NUMBER_QUARANTINED, RECONNECTION_REFUSED, LineNotFound, NumberNotRead
from rollkeeper.operations.docs import refusals
from rollkeeper.registration.errors import DOCUMENT_DOUBTFUL, INVALID_VALUE, MISSING_ATTRIBUTE
from rollkeeper.selfcare.errors import DECIDED_BY_SAME_PERSON
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.tibetan import take_tibetan
from tests.source import PACKAGE, modules

CATALOGUE = PACKAGE / "site/locale/zh_Hans/LC_MESSAGES/django.po"
CATALOGUE_OF_TIBETAN = PACKAGE / "site/locale/bo/LC_MESSAGES/django.po"
AT_COUNTERS = tuple(
    f"rollkeeper.{package}" for package in ("offline", "counter", "registration", "lines", "subscribers")
)
UNTRANSLATED = Refusal("untranslated", Kind.REFUSED, "No catalogue has leaf {leaf}.", "")
# A row of a file that the terminal reads: no counter does.
IN_A_FILE = {"invalid_row"}
# Where the facts of a refusal are texts from the packages behind the pages, and their names.
PACKAGES_BEHIND_PAGES = ("lines", "registration", "subscribers", "campaign")
FACTS_IN_WORDS = {"value_class", "why", "reason", "remedy", "next_day"}
NOT_BEHIND_PAGES = ("commands", "imports", "file_reader", "bulk", "cli_output", "batch_execution")


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return {m.id: m.string for m in read_po(file) if m.id and m.context == CONTEXT}


@pytest.fixture
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("the line was already reconnected on 2012-03-20", "reconnected on 20 March 2012 ("),
        ("row 2012-02-31 of 7", "row 2012-02-31 of 7 ("),
    ],
)
def test_a_day_in_a_reason_is_written_as_pages_write_days_in_english_too(reason, said):
    with translation.override("en"):
        (fault,) = translated(RECONNECTION_REFUSED(line="L", reason=reason, article="op 4"))

    assert said in fault.sentence


def all_refusals(packages=None):
    """Give the refusals of every package or of some: pages and the terminal say them alike."""
    for package, table in refusals().items():
        if packages is None or package in packages:
            yield from table


def test_every_refusal_is_in_chinese(catalogue):
    wanted = {row.code: {row.sentence, row.remedy} - {""} for row in all_refusals()}

    assert len(wanted) > 300
    assert not {code: texts - set(catalogue) for code, texts in wanted.items() if texts - set(catalogue)}


@pytest.mark.parametrize(
    "words",
    [StaffRole, Act, Action, BatchState, Reason, LineState, Service, SuspensionReason, PartyKind],
    ids=lambda words: words.__name__,
)
def test_every_word_that_can_be_a_fact_is_in_chinese(catalogue, words):
    missing = {word.value for word in words} - set(catalogue)

    assert not missing, missing


def test_every_permission_is_said_by_its_label_in_chinese(chinese):
    said = [translated(NOT_ALLOWED(permission=one.value, needed="clerk"))[0].sentence for one in Permission]

    assert all(str(one.label) in sentence for one, sentence in zip(Permission, said, strict=True))
    assert not [one for one in Permission if str(one.label).isascii()]


def test_every_part_and_attribute_of_the_shipped_pack_is_in_chinese(catalogue):
    pack = load_pack("cn-xz-2011")
    asked = [a for kind in pack.file.party_kinds for a in kind.attributes]

    assert not {part.key for part in PartyRole} - set(catalogue)
    assert not {a.name for a in asked} - set(catalogue)
    assert not {a.purpose["en"] for a in asked} - set(catalogue)


def test_every_reason_written_into_a_refusal_is_in_chinese(catalogue):
    written = {
        catalogue_key(text)
        for package in PACKAGES_BEHIND_PAGES
        for text in reasons_written(PACKAGE / package)
    }

    assert len(written) > 10
    assert not written - set(catalogue)


def reasons_written(package):
    """Give the literal texts of facts in words: keyword arguments, and what the functions that make them return."""
    for file, tree in modules().items():
        if not file.is_relative_to(package) or file.stem in NOT_BEHIND_PAGES or "imports" in file.parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg in FACTS_IN_WORDS - {"reason", "remedy"}:
                yield from literals(node.value)
            if isinstance(node, ast.FunctionDef) and node.name in {"_unread", "_must_stop", "_unrecordable"}:
                yield from (
                    t for back in ast.walk(node) if isinstance(back, ast.Return) for t in literals(back)
                )
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "_FAULTS":
                yield from literals(node.value)


def literals(node):
    """Give the texts in an expression; the places of a formatted one hold a figure, as they do when it is said."""
    inside_formatted = {
        id(v) for f in ast.walk(node) if isinstance(f, ast.JoinedStr) for v in ast.walk(f)
    } - {id(f) for f in ast.walk(node) if isinstance(f, ast.JoinedStr)}
    for one in ast.walk(node):
        if isinstance(one, ast.JoinedStr):
            yield "".join(v.value if isinstance(v, ast.Constant) else "7" for v in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in inside_formatted:
            yield one.value


def test_a_refusal_is_said_whole_in_chinese(chinese):
    (said,) = translated(NumberNotRead(value_class="too short"))

    assert said.sentence == "无法识别该号码：太短。"
    assert said.language == ""
    assert not re.search("[A-Za-z]{2,}", said.sentence + said.remedy)


def test_several_reasons_in_one_fact_are_each_said(chinese):
    (said,) = translated(DOCUMENT_DOUBTFUL(part="bearer", reasons="check_digit, region_unknown"))

    assert said.sentence == "单位经办人的证件号码须再次核对（校验码不符、地区代码不在已知名单中）。"


def test_a_figure_in_a_fact_stays_what_it_is(chinese):
    (said,) = translated(
        INVALID_VALUE(attribute="name", part="subscriber", value_class="longer than 2000 characters")
    )

    assert "超过 2000 个字符" in said.sentence


def test_a_day_is_written_as_the_pages_write_it(chinese):
    (said,) = translated(NUMBER_QUARANTINED(until=dt.date(2012, 5, 1)))

    assert "2012年5月1日（含当日）" in said.sentence
    assert "2012-05-01" in str(NUMBER_QUARANTINED(until=dt.date(2012, 5, 1)))


def test_the_name_of_a_setting_is_written_as_it_is_typed():
    (said,) = translated(
        SETTING_FAULT(source="x", table="instance", setting="country_code", why="it is missing")
    )

    assert "'country_code'" in said.sentence


def test_next_to_the_chinese_the_english_writes_its_days_as_english_pages_do(monkeypatch):
    take_tibetan(monkeypatch, CONTEXT, NUMBER_QUARANTINED.sentence)

    with translation.override("bo"):
        (said,) = translated(NUMBER_QUARANTINED(until=dt.date(2012, 5, 1)))

    assert "2012年5月1日（含当日）" in said.sentence
    assert "1 May 2012" in said.sentence
    assert "2012-05-01" not in said.sentence


@pytest.mark.parametrize(
    ("article", "english", "cited"),
    [
        ("2 ¶1", "art. 2 ¶1", "第二条第一款"), ("154", "art. 154", "第一百五十四条"),
        ("operator's rule 4", "operator's rule 4", "本企业规定第四条"), ("operator's rule", "operator's rule", "本企业规定"),
        ("as reported", "as reported", "据媒体报道"),
    ],
)  # fmt: skip
def test_a_refusal_cites_its_article_in_words(chinese, article, english, cited):
    missing = MISSING_ATTRIBUTE(attribute="address", part="subscriber", article=article, why="name")

    assert translated(missing)[0].sentence == f"缺少机主的“住址”（{cited}）。"
    assert f"({english})" in str(missing)


def test_every_fault_of_several_is_said(chinese):
    missing = MISSING_ATTRIBUTE(
        attribute="address", part="subscriber", article="2 ¶1", why="which document proved it"
    )

    said = translated(Faults([LineNotFound(), missing]))

    assert [one.language for one in said] == ["", ""]
    assert said[1].remedy == "请补问此项：以何种证件证明。"


def test_what_nobody_translated_is_whole_english_and_says_so(chinese):
    (said,) = translated(UNTRANSLATED(leaf=7))

    assert said.sentence == UNTRANSLATED.sentence.format(leaf=7)
    assert said.language == "en"


def test_what_has_neither_tibetan_nor_chinese_is_english_marked_as_such():
    with translation.override("bo"):
        (said,), (unsaid,) = translated(LineNotFound()), translated(UNTRANSLATED(leaf=7))

    assert (said.sentence, said.language) != (LineNotFound.sentence, "en")
    assert (unsaid.sentence, unsaid.language) == (UNTRANSLATED.sentence.format(leaf=7), "en")


def test_whatever_is_refused_at_a_counter_is_in_tibetan():
    with CATALOGUE_OF_TIBETAN.open("rb") as file:
        known = {m.id for m in read_po(file) if m.id and m.context == CONTEXT}
    at_counters = [row for row in all_refusals(AT_COUNTERS) if row.code not in IN_A_FILE]

    assert len(at_counters) > 60
    assert not {e.code for e in at_counters if not {e.sentence, e.remedy} <= known}


def test_the_command_line_and_machines_are_answered_in_english(chinese):
    fault = NumberNotRead(value_class="too short")

    assert str(fault) == "The number cannot be read: too short."
    assert fault.advice == NumberNotRead.remedy


def test_english_is_not_marked_as_foreign_to_itself():
    with translation.override("en"):
        (said,) = translated(NumberNotRead(value_class="too short"))

    assert (said.sentence, said.language) == ("The number cannot be read: too short.", "")


def test_a_code_is_read_as_words_in_english():
    with translation.override("en"):
        (said,) = translated(DOCUMENT_DOUBTFUL(part="bearer", reasons="check_digit, region_unknown"))

    assert (
        said.sentence
        == "The document number of the bearer needs a second check (check digit, region unknown)."
    )


def test_a_stored_reason_is_said_and_what_a_person_wrote_is_left_as_it_is(chinese):
    assert translated_words("12 complaints about 300 lines") == ("300 个号码有 12 件投诉", "")
    assert translated_words("wrong list") == ("wrong list", "en")


@pytest.mark.parametrize(("language", "joint"), [("zh-hans", "。请"), ("en", ". Let another"), ("bo", " ")])
def test_what_to_do_follows_without_a_space_in_chinese_alone(language, joint):
    with translation.override(language):
        (said,) = translated_texts(DECIDED_BY_SAME_PERSON())

    assert joint in said
    assert "。 " not in said


def test_a_fault_that_has_no_chinese_keeps_the_space_of_english():
    with translation.override("zh-hans"):
        assert one_text("Not so.", "Do it.", "en") == "Not so. Do it."
