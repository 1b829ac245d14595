# SPDX-License-Identifier: EUPL-1.2
"""Domains, sites and address blocks live like any line: imported, found, registered, explained, and meant by a campaign or not."""

import datetime as dt
from importlib.resources import files

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign import batch_execution, batch_rollback, line_lookup, nightly, planning
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import find_line_by_input
from rollkeeper.registration.services import register_subscriber
from tests.builders.packs import confirmed
from tests.campaign.population import approved_batches, day, fate, member, state, tell
from tests.imports.conftest import written  # noqa: F401 - a fixture that is shared
from tests.imports.test_import import count, side_file, take_in
from tests.registration.people import submission

pytestmark = pytest.mark.usefixtures("register")

PLANNED, NOTIFIED, DUE = day("2011-12-19"), day("2011-12-20"), day("2012-03-02")
KINDS = {"tel": "mobile", "dom": "domain", "net": "address_block", "web": "hosted_site"}
RAW = {
    "number": {"column": "line"},
    "service": {"from": [{"column": "kind", "values": KINDS}]},
    "activated_on": {"column": "since"},
}
LINES = [
    ("tel", "13800138000"),
    ("dom", "例子.中国"),
    ("net", "2001:0DB8:0:0::/48"),
    ("web", "www.example.cn."),
]


@pytest.fixture
def imported(written):  # noqa: F811 - the fixture
    """A file of lines of every kind, taken in."""

    def take(lines=LINES):
        file = written([{"kind": kind, "line": line, "since": "2011-05-01"} for kind, line in lines])
        return file, take_in(file, RAW)

    return take


def explained(number, on=DUE):
    written_so = normalise_identifier(number, service=service_guess(number), country="CN")
    found = line_lookup.look_up_line(console_authority(), number=written_so, about=on, on=on)
    return " ".join(sentence.text for sentence in found.sentences)


@pytest.mark.parametrize(
    ("spelling", "service"),
    [
        ("xn--fsqu00a.xn--fiqs8s", "domain"), ("例子。中国。", "domain"), ("2001:db8::/48", "address_block"),
        ("https://WWW.EXAMPLE.CN/", "hosted_site"),
    ],
)  # fmt: skip
def test_a_line_is_found_by_every_spelling_of_its_name(imported, spelling, service):
    _, outcome = imported()

    assert outcome.lines == len(LINES)
    assert find_line_by_input(spelling).service == service


def test_one_name_in_two_spellings_is_one_line_and_an_address_in_a_block_is_none(imported):
    file, outcome = imported(
        [("dom", "例子.中国"), ("dom", "XN--FSQU00A.中国."), ("net", "10.0.0.0/8"), ("net", "10.1.2.3/8")]
    )

    assert (outcome.lines, outcome.refused) == (2, 2)
    assert [(row, reason) for row, _, reason in side_file(file)] == [
        (3, "a number that already has a line, or occurs twice in the file"),
        (5, "not a name or block of a line: an address inside a block, since its host bits are not zero"),
    ]


def test_a_registration_for_a_name_is_for_the_line_that_was_imported(imported):
    imported()

    register_subscriber(console_authority(), submission("XN--FSQU00A.中国"), on=DUE)

    assert find_line_by_input("例子.中国").is_registered
    assert count("lines_line") == len(LINES)


def test_a_campaign_about_telephone_users_leaves_every_other_line_alone(imported):
    imported()

    planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=PLANNED)

    (only,) = rows("SELECT service FROM campaign_member JOIN lines_line USING (line_id)")
    assert only.service == "mobile"
    assert "about other services than the one of this line" in explained("例子.中国")
    assert "may not be suspended" in explained("13800138000")


def test_a_campaign_of_names_and_blocks_suspends_them_and_one_command_undoes_it(imported, people, tmp_path):
    imported()
    law = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
    pack = tmp_path / "names.yaml"
    pack.write_text(
        confirmed(law.replace("[mobile, data_card, fixed_line]}", "[domain, address_block, hosted_site]}")),
        "utf-8",
    )
    names = [LINES[1][1], LINES[2][1], "https://www.example.cn"]
    meant = [find_line_by_input(name).line_id for name in names]
    clock.set_demo_date(PLANNED)
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=PLANNED)
    for line_id in meant:
        tell(line_id, NOTIFIED, channel="email")
    clock.set_demo_date(NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)

    (batch_id,) = approved_batches(DUE, people)
    ran = batch_execution.run_batch(worker_authority(), batch_id, on=DUE)

    assert ran.done == len(meant)
    assert {state(line_id) for line_id in meant} == {"suspended"}
    assert state(find_line_by_input("13800138000").line_id) == "active"
    assert "was suspended on 2 March 2012" in explained("2001:db8::/48", DUE + dt.timedelta(days=1))
    assert count("provisioning_command") == len(meant)
    batch_rollback.undo_batch(people[0], batch_id, on=DUE)
    assert {state(line_id) for line_id in meant} == {"active"}
    assert {fate(line_id)[2] for line_id in meant} == {None}
    assert {member(line_id).stage for line_id in meant} == {"running"}
