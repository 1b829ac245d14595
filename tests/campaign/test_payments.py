# SPDX-License-Identifier: EUPL-1.2
"""A campaign of prepaid lines in the real tables: which lines it takes, lets go, tells of and is simulated with."""

import pytest

from rollkeeper.campaign import cli_output, queries
from rollkeeper.campaign.register_histories import count_not_concerned
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.instance import instance
from rollkeeper.law.engine_rules import run_rules
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.packs import load_pack
from tests.builders.lines import make_line
from tests.builders.packs import adopt_pack, write_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.cohorts import NOTIFIED, PLAIN, campaigns_of, cut_in_a_simulation, members, plan
from tests.campaign.population import state, tell

PREPAID = PLAIN.replace("registered: false", "registered: false, payment: prepaid", 1)

pytestmark = pytest.mark.usefixtures("register", "law_put_back")


def lines():
    return {payment.value: make_line(payment=payment.value) for payment in Payment}


def test_a_campaign_of_prepaid_lines_takes_those_alone(capsys):
    paid = lines()

    (done,) = plan(PREPAID)

    assert set(members(paid.values())) == {paid["prepaid"]}
    assert done.members_added == 1
    others = count_not_concerned(load_pack(instance().pack))
    assert (others.other_payment, others.other_region, others.registered) == (2, 0, 0)
    cli_output.planned(done, others, load_pack(instance().pack))
    assert "2 not known to be paid so" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("payment", "taken"),
    [
        ("      payment: prepaid\n", {"mobile prepaid"}),
        ("", {"mobile prepaid", "mobile postpaid", "mobile unknown"}),
    ],
)
@pytest.mark.parametrize("services", ["", ", services: [mobile, fixed_line]"])
def test_a_campaign_takes_no_line_that_the_law_has_no_one_register(payment, taken, services):
    law = PLAIN.replace(
        "    - services: [mobile, data_card, fixed_line]\n",
        f"    - services: [mobile, data_card]\n{payment}",
        1,
    ).replace(", services: [mobile, data_card, fixed_line]}", f"{services}}}", 1)
    there = {
        f"{service} {paid.value}": make_line(service=service, payment=paid.value)
        for service in ("mobile", "fixed_line")
        for paid in Payment
    }

    plan(law)

    assert {name for name, line_id in there.items() if members([line_id])} == taken


def test_a_version_of_prepaid_lines_alone_lets_the_others_go_with_service():
    paid = lines()
    plan(PLAIN)
    for line_id in paid.values():
        tell(line_id, NOTIFIED)

    clock.set_demo_date(NOTIFIED)
    adopt_pack(write_pack(PREPAID), on=NOTIFIED)
    plan(PREPAID, NOTIFIED)

    gone = {one for one, line_id in paid.items() if members([line_id])[line_id] == "out_of_scope"}
    assert gone == {"postpaid", "unknown"}
    assert {state(line_id) for line_id in paid.values()} == {"active"}


def test_of_two_campaigns_a_prepaid_line_is_in_its_own_with_the_later_day():
    paid = lines()

    plan(
        phased(
            LATE.replace("services: [data_card, fixed_line]", "payment: prepaid"),
            EARLY.replace("services: [mobile, data_card]", "services: [mobile]"),
        )
    )

    assert campaigns_of(paid) == {"prepaid": ["late"], "postpaid": ["early"], "unknown": ["early"]}


@pytest.mark.parametrize("engine", [run_rules, run_sql])
def test_a_simulation_of_the_register_cuts_the_lines_that_a_plan_takes(tmp_path, engine):
    paid = lines()

    cut = cut_in_a_simulation(engine, PREPAID, tmp_path)

    assert cut == {str(paid["prepaid"])}


@pytest.mark.parametrize("payment", ["postpaid", "unknown"])
def test_a_line_that_is_not_known_to_be_prepaid_is_told_why_it_is_not_asked(payment):
    line_id = make_line(payment=payment)
    plan(PREPAID)

    found = queries.explain_line(line_id, on=NOTIFIED)

    assert found is not None
    assert "about prepaid lines" in " ".join(one.text for one in found.sentences)
