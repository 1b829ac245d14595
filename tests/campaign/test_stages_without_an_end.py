# SPDX-License-Identifier: EUPL-1.2
"""A law with several bars and no end after the last."""

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign import batch_planning, queries
from rollkeeper.kernel import clock
from rollkeeper.retention.services import erase_due
from tests.builders.lines import make_line
from tests.builders.packs import write_pack
from tests.builders.stages import staged
from tests.campaign.population import day, fate, member, nights, plan, state, tell
from tests.campaign.test_stages import BARS, FIRST, SECOND, TOLD, People


def test_a_last_bar_without_an_end_stays_and_names_no_day(people: People) -> None:
    line_id = make_line()
    plan(TOLD, str(write_pack(staged(20, ends=False, bars=BARS))))
    tell(line_id, TOLD)

    nights(TOLD, day("2012-06-15"), people)

    assert fate(line_id) == (FIRST, None, None, None, None, (SECOND,))
    assert (member(line_id).promised_on, member(line_id).next_check_on) == (None, None)
    assert [
        one.action
        for one in batch_planning.check_day(
            console_authority(), due_on=day("2012-06-18"), on=day("2012-06-15")
        )
    ] == ["suspend"] * 2
    erased = erase_due(worker_authority(), on=day("2016-06-15"))
    assert (erased.lines, erased.numbers_freed, state(line_id)) == (0, 0, "suspended")
    clock.set_demo_date(day("2012-06-15"))
    assert "Nothing further follows" in " ".join(
        one.text for one in queries.explain_line(line_id, on=day("2012-06-15")).sentences
    )
