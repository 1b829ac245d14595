# SPDX-License-Identifier: EUPL-1.2
"""By when a case is decided: in the operator's days, or in fewer that the law gives."""

import datetime as dt

import pytest

from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.vault.fields import Field
from tests.builders.packs import REFERENCE, use_pack
from tests.selfcare.people import ON, ask, register_line
from tests.selfcare.test_services import proved_session

pytestmark = pytest.mark.usefixtures("law_put_back")


def with_rights(rights: str, *, is_confirmed: bool = True) -> str:
    because = '{article: "3"}' if is_confirmed else '{article: "3", confirmed: false}'
    said = f"\nrights: {{{rights}, because: {because}}}\nnumber_reuse:"
    return REFERENCE.replace("\nnumber_reuse:", said)


def due_on(at_portal, rights: str, kind: PortalRequestKind, **asked: object) -> dt.date:
    """Return by when a case is decided that a subscriber opens under a law with these rights."""
    register_line()
    token = proved_session(at_portal)
    use_pack(rights)
    assert "done" in ask(token, kind, **asked)
    (case,) = open_cases()
    return case.due_on


@pytest.mark.parametrize(
    ("rights", "days"),
    [
        ("correct: {n: 7, unit: day}", 7),
        ("correct: {n: 45, unit: day}", 30),
        ("reply: {n: 7, unit: day}", 30),
        ("correct: {n: 3, unit: working_day}", 5),
    ],
    ids=["fewer", "more", "of other requests", "working days over a weekend"],
)
def test_a_correction_is_decided_in_the_days_of_the_law(at_portal, rights, days):
    law = with_rights(rights)

    assert due_on(at_portal, law, PortalRequestKind.CORRECT, about=Field.NAME.value) == ON + dt.timedelta(
        days=days
    )


def test_another_case_is_decided_in_the_days_that_the_law_has_for_an_answer(at_portal):
    law = with_rights("reply: {n: 10, unit: day}, correct: {n: 2, unit: day}")

    assert due_on(at_portal, law, PortalRequestKind.DISPUTE) == ON + dt.timedelta(days=10)


def test_days_that_no_reader_confirmed_hold_nothing_up(at_portal):
    law = with_rights("reply: {n: 10, unit: day}", is_confirmed=False)

    assert due_on(at_portal, law, PortalRequestKind.DISPUTE) == ON + dt.timedelta(days=30)
