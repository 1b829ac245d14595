# SPDX-License-Identifier: EUPL-1.2
"""What a law carries on a day: nothing while it is a draft, struck down, stayed, not begun, over, or read by no one."""

import ast
import datetime as dt
from pathlib import Path

import pytest

import rollkeeper
from rollkeeper.law.acts import Act, first_day, is_told, may_act, require_act
from rollkeeper.law.confirmations import outdated
from rollkeeper.law.disclosures import disclosure_laws
from rollkeeper.law.errors import (
    EMERGENCY_NUMBERS_MISSING,
    PACK_FAULT,
    PACK_IS_A_DRAFT,
    PACK_NOT_BEGUN,
    PACK_NOT_IN_FORCE,
    PACK_OVER,
    UNCONFIRMED_PACK_VALUE,
)
from rollkeeper.law.explain import LineHistory, explain_history
from rollkeeper.law.packs import load_pack, read_pack
from tests.builders.packs import REFERENCE, confirmed
from tests.disclosures.lawful import lawful_pack
from tests.refusals import refusing

D = dt.date
ON = D(2012, 3, 2)
BEGINS = "  begins: 2012-01-01\n"
NOTIFIED = LineHistory(service="mobile", activated_on=D(2010, 5, 1), notices_delivered=(D(2011, 12, 20),))


def pack_with(old: str, new: str):
    assert old in REFERENCE
    return read_pack(confirmed(REFERENCE.replace(old, new, 1)).encode(), file="pack.yaml")


@pytest.mark.parametrize("act", Act)
def test_the_reference_pack_carries_every_act(act):
    require_act(load_pack("cn-xz-2011"), act, on=ON)


@pytest.mark.parametrize("act", Act)
def test_a_draft_carries_no_act_and_says_how_it_is_confirmed(act):
    pack = pack_with("status: confirmed", "status: draft")

    with refusing(PACK_IS_A_DRAFT, match="draft") as refusal:
        require_act(pack, act, on=ON)

    assert "law confirm" in refusal.value.advice


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("status", ["struck_down", "suspended_by_court"])
def test_a_law_that_is_not_in_force_carries_no_act(status, act):
    pack = pack_with("status: confirmed", f"status: {status}")

    with refusing(PACK_NOT_IN_FORCE, match=status):
        require_act(pack, act, on=ON)


@pytest.mark.parametrize("act", Act)
def test_a_law_carries_no_act_before_it_begins(act):
    pack = pack_with(BEGINS, "  begins: 2031-01-01\n")
    pack_without = read_pack(
        confirmed(REFERENCE[: REFERENCE.index("  prepares:")] + REFERENCE[REFERENCE.index("sources:") :])
        .replace(BEGINS, "  begins: 2031-01-01\n")
        .encode(),
        file="pack.yaml",
    )

    with refusing(PACK_NOT_BEGUN, match="2031-01-01"):
        require_act(pack_without, act, on=D(2030, 12, 31))
    require_act(pack_without, act, on=D(2031, 1, 1))
    assert first_day(pack, act) in {D(2011, 11, 24), D(2031, 1, 1)}


@pytest.mark.parametrize(
    ("act", "first"),
    [
        (Act.NOTIFY, D(2011, 11, 24)),
        (Act.PLAN, D(2011, 11, 24)),
        (Act.COLLECT, D(2011, 11, 24)),
        (Act.SUSPEND, D(2012, 1, 1)),
        (Act.DISCLOSE, D(2012, 1, 1)),
    ],
)
def test_a_law_that_has_the_operator_prepare_carries_no_cut_before_it_begins(act, first):
    pack = load_pack("cn-xz-2011")

    with refusing(PACK_NOT_BEGUN):
        require_act(pack, act, on=first - dt.timedelta(days=1))
    require_act(pack, act, on=first)


@pytest.mark.parametrize("act", Act)
def test_a_law_carries_no_act_after_its_last_day(act):
    pack = pack_with(BEGINS, f"{BEGINS}  ends: 2012-12-31\n")

    require_act(pack, act, on=D(2012, 12, 31))
    with refusing(PACK_OVER, match="2012-12-31"):
        require_act(pack, act, on=D(2013, 1, 1))


@pytest.mark.parametrize("act", sorted(set(Act) - {Act.DISCLOSE}))
def test_a_pack_that_nobody_read_carries_no_act(act):
    unread = REFERENCE[: REFERENCE.index("\nconfirmations:")]

    with refusing(UNCONFIRMED_PACK_VALUE, match="not confirmed"):
        require_act(read_pack(unread.encode(), file="pack.yaml"), act, on=ON)


def test_confirmed_true_beside_a_value_confirms_nothing():
    unread = REFERENCE[: REFERENCE.index("\nconfirmations:")].replace(
        'article: "5"\n      words', 'article: "5"\n      confirmed: true\n      words'
    )

    pack = read_pack(unread.encode(), file="pack.yaml")

    assert not pack.file.retention[0].because.confirmed


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("after: {n: 60, unit: day}", "after: {n: 6, unit: day}", "the values"),
        ("they have 60 days from that day to register. Where", "they have 60 days from that day. Where", "the text"),
    ],
)  # fmt: skip
def test_a_reading_lasts_as_long_as_text_and_values_stay_as_they_were(old, new, what):
    changed = REFERENCE[: REFERENCE.index("\ntests:")] + REFERENCE[REFERENCE.index("\nopen_questions:") :]
    changed = changed.replace(old, new).replace(", en: they have 60 days from that day to register}", "}")
    pack = read_pack(changed.encode(), file="pack.yaml")

    assert [(one.confirmation.source, one.what) for one in outdated(pack.file)] == [("decision", what)]
    with refusing(UNCONFIRMED_PACK_VALUE):
        require_act(pack, Act.PLAN, on=ON)


def test_a_reading_of_an_article_that_the_pack_does_not_carry_is_a_fault():
    wrong = REFERENCE.replace('articles: ["154"]', 'articles: ["155"]')

    with refusing(PACK_FAULT, match="no article 155"):
        read_pack(wrong.encode(), file="pack.yaml")


def test_what_the_press_says_is_never_confirmed():
    pack = pack_with("    rank: statute\n    url:", "    rank: press\n    url:")

    with refusing(UNCONFIRMED_PACK_VALUE, match="calendar"):
        require_act(pack, Act.SUSPEND, on=ON)


@pytest.mark.parametrize("act", [Act.PLAN, Act.SUSPEND, Act.TERMINATE])
def test_a_pack_without_emergency_numbers_bars_nobody(act):
    pack = pack_with("jurisdiction: CN-XZ", "jurisdiction: XX")

    with refusing(EMERGENCY_NUMBERS_MISSING, match="no line is barred|XX"):
        require_act(pack, act, on=ON)
    require_act(pack, Act.COLLECT, on=ON)


@pytest.mark.parametrize("status", ["draft", "struck_down"])
def test_people_are_told_nothing_by_a_law_that_is_not_in_force(status):
    pack = pack_with("status: confirmed", f"status: {status}")

    (said,) = explain_history(pack, NOTIFIED, D(2012, 2, 1))

    assert not is_told(pack)
    assert "requires no registration" in said.text


def test_a_law_that_was_struck_down_closes_disclosures():
    text = confirmed(lawful_pack())
    (power,) = disclosure_laws(read_pack(text.encode(), file="pack.yaml"), on=ON)
    struck = read_pack(text.replace("status: confirmed", "status: struck_down").encode(), file="pack.yaml")

    (closed,) = disclosure_laws(struck, on=ON)
    assert power.is_confirmed
    assert not closed.is_confirmed


def test_may_act_is_the_same_answer_without_a_refusal():
    assert may_act(load_pack("cn-xz-2011"), Act.PLAN, on=ON)
    assert not may_act(load_pack("none"), Act.PLAN, on=ON)


ASKED_BY = {
    "registration/pipeline.py": "active_pack",
    "imports/services.py": "import_lines",
    "imports/commands.py": "_collects",
    "campaign/planning.py": "_chosen",
    "campaign/nightly.py": "_ready",
    "campaign/batch_planning.py": "_prepare",
    "campaign/batch_execution.py": None,
    "notices/dispatch.py": "__init__",
    "provisioning/services.py": "_claim",
    "law/disclosures.py": "disclosure_laws",
    "agents/services.py": "approve_agent",
    "agents/reverification.py": "start_reverifications",
    "law/explain.py": "campaign",
}
"""Every entry that acts on people because of a law, and the function in which it asks."""
_ASKING = {"require_act", "may_act", "pack_for", "is_told"}


@pytest.mark.parametrize("file", ASKED_BY)
def test_every_entry_asks_the_one_check(file):
    tree = ast.parse((Path(rollkeeper.__file__).parent / file).read_text("utf-8"))
    functions = [
        n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and ASKED_BY[file] in {n.name, None}
    ]

    called = {
        call.func.id
        for one in functions
        for call in ast.walk(one)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    assert called & _ASKING
