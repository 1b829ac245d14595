# SPDX-License-Identifier: EUPL-1.2
"""What a counter hands in as recorded without a network ends no more contracts, and no more SIMs' numbers, than counters may."""

import pytest

from rollkeeper.kernel.database import rows, run
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.offline.queries import outcomes
from rollkeeper.operations.bootstrap import set_limits
from tests.builders.packs import use_pack, with_line_attributes
from tests.offline.browsers import form
from tests.registration.people import fresh_number, person

SIMS = ("8986041000000000003", "89860410000000000013", "89860410000000000021")


@pytest.fixture
def owners(browser, process):
    """Three lines with their subscribers, who were registered without a network."""
    made = [(fresh_number(), person()) for _ in range(3)]
    for number, who in made:
        browser.record(form(number, who))
    process()
    yield made
    set_limits()


def papers_of(who):
    return {"document_type": who["document_type"], "document_number": who["document_number"]}


def came_of(keys):
    return [one.outcome for key in keys for one in outcomes([key])]


@pytest.mark.parametrize("action_kind", ["terminate", "transfer"])
def test_what_is_past_the_limit_of_terminations_waits_and_is_not_refused(
    browser, process, owners, action_kind
):
    set_limits(terminations_per_day=2)

    def fields(number, who):
        if action_kind == "terminate":
            return {"number": number, **papers_of(who)}
        return form(number, person()) | {
            f"transferor__{name}": value for name, value in papers_of(who).items()
        }

    before = {number: current_tenure(find_line(number).line_id).person_id for number, _ in owners}
    keys = [browser.record(fields(*one), action_kind=action_kind) for one in owners]
    process()

    left = [
        number for number, _ in owners
        if find_line(number).state is not LineState.TERMINATED and current_tenure(find_line(number).line_id).person_id == before[number]
    ]  # fmt: skip
    assert left == [owners[2][0]]
    assert came_of(keys) == ["done", "done", None]


def test_past_the_limit_of_sims_the_numbers_of_the_former_one_are_kept(browser, process, law_put_back):
    use_pack(with_line_attributes('name: iccid, required: "yes"'))
    run("SELECT setval('vault_sims_replaced', 0)")  # no SIM was replaced today
    set_limits(sims_replaced_per_day=1)
    number, who = fresh_number(), person()

    browser.record(form(number, who | {"iccid": SIMS[0]}))
    for sim in SIMS[1:]:
        browser.record({"number": number, **papers_of(who), "iccid": sim}, action_kind="replace-sim")
    process()
    set_limits()

    assert len(rows("SELECT FROM vault_sealed WHERE field LIKE 'iccid:%%'")) == 1
