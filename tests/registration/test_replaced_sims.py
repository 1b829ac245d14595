# SPDX-License-Identifier: EUPL-1.2
"""What is sealed of a SIM outlives a legal hold, a taken-over counter and a replacement that is entered late."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.operations.bootstrap import set_limits
from rollkeeper.registration.services import register_subscriber, replace_sim
from rollkeeper.retention.legal_holds import add_legal_hold
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import begin_first_epoch, open_sealed, shred
from tests.builders.packs import use_pack, with_line_attributes
from tests.entries import entries
from tests.registration.people import fresh_number, person, submission
from tests.selfcare.people import ON

pytestmark = pytest.mark.usefixtures("law_put_back", "committed")
DAY = dt.timedelta(days=1)
CLERK = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)
OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "c2" * 32)
FIRST, SECOND, THIRD = "8986031111111111118", "8986031111111111126", "8986031111111111134"


class Line:
    """A line whose law asks its SIM's number, and its subscriber."""

    def __init__(self):
        self.number, self.who = fresh_number(), person()
        register_subscriber(console_authority(), submission(self.number, self.who | {"iccid": FIRST}), on=ON)
        self.line_id = find_line(self.number).line_id
        self.tenure = current_tenure(self.line_id)

    def replace(self, sim, *, by=CLERK, on=ON):
        shown = (self.who["document_type"], self.who["document_number"])
        replace_sim(
            by, submission_key=str(new_uuid()), number=self.number, document=shown, on=on, sim={"iccid": sim} if sim else {}
        )  # fmt: skip

    @property
    def kept(self):
        """The SIM recorded now, and those that are kept of before, oldest first."""
        found = rows(
            "SELECT field FROM vault_sealed WHERE tenure_id = %s AND field LIKE 'iccid%%' ORDER BY field", [self.tenure.tenure_id]
        )  # fmt: skip
        of = [None if row.field == "iccid" else int(row.field.removeprefix("iccid:")) for row in found]
        return [self.opened(one) for one in of]

    def opened(self, kept_by=None):
        return open_sealed(
            worker_authority(), person_id=self.tenure.person_id, tenure_id=self.tenure.tenure_id, field=Field.ICCID,
            purpose=Purpose.CORRECTION, on=ON, kept_by=kept_by,
        ).reveal()  # fmt: skip


@pytest.fixture
def line():
    use_pack(with_line_attributes('name: iccid, required: "yes"'))
    begin_first_epoch()
    return Line()


@pytest.fixture
def limit():
    """Let counters replace so many more SIMs today before the former ones are kept."""

    def more(replaced):
        (last,) = rows("SELECT last_value AS done FROM vault_sims_replaced")
        set_limits(sims_replaced_per_day=last.done + replaced)

    yield more
    set_limits()


def hold(line, *, on=ON):
    add_legal_hold(OFFICER, line.line_id, case_reference="17", last=on + 9 * DAY, review_on=on + DAY, on=on)


def test_a_held_lines_former_sims_stay_until_the_record_goes(line, as_role):
    hold(line)

    with as_role("counter"):
        line.replace(SECOND)
        line.replace(THIRD)

    assert line.kept == [THIRD, FIRST, SECOND]
    shred([(line.tenure.person_id, line.tenure.tenure_id)])
    with pytest.raises(CannotOpen):
        _ = line.kept


def test_a_counter_that_gives_nothing_destroys_nothing_of_a_held_line(line, as_role):
    hold(line)
    use_pack(with_line_attributes("name: iccid, required: optional"))

    with as_role("counter"):
        line.replace("")

    assert line.kept == [FIRST]


def test_after_a_days_number_counters_destroy_no_sims(line, as_role, limit):
    others = [Line(), Line()]
    limit(2)

    with as_role("counter"):
        for one in (line, *others):
            one.replace(SECOND)

    assert [one.kept for one in (line, *others)] == [[SECOND], [SECOND], [SECOND, FIRST]]


def test_a_counter_takes_no_count_back_and_makes_none(line, as_role, limit):
    limit(1)

    with as_role("counter"):
        with transaction.atomic():
            line.replace(SECOND)
            transaction.set_rollback(True)
        for statement in (
            "SELECT nextval('vault_sims_replaced')", "SELECT setval('vault_sims_replaced', 0)", "SELECT vault_is_past_sim_limit()",
            "CREATE OR REPLACE FUNCTION vault_sims_replaced_per_day() RETURNS integer RETURN 9",
        ):  # fmt: skip
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows(statement)
        line.replace(SECOND)

    assert line.kept == [SECOND, FIRST]


def test_a_counter_learns_of_no_more_lines_than_the_limit_whether_they_are_held(line, as_role, limit):
    held, other = line, Line()
    hold(held)
    limit(1)

    with as_role("counter"):
        for one in (held, other):
            one.replace(SECOND)

    assert [one.kept for one in (held, other)] == [[SECOND, FIRST]] * 2
    assert times_that_holds_are_looked_up(held, as_role) == 0


def times_that_holds_are_looked_up(line, as_role):
    """By a replacement at a counter that is taken back: what is read there, the plan of a statement tells."""
    with transaction.atomic():
        with as_role("counter"):
            append_entry(CLERK, verb=Verb.SIM_REPLACED, role=StaffRole.CLERK, on=ON, line_id=line.line_id)
            before = lookups_of_holds()
            rows(
                "SELECT vault_replace_sim(%s, %s, '{}', '{}')", [line.tenure.person_id, line.tenure.tenure_id]
            )
            after = lookups_of_holds()
        transaction.set_rollback(True)
    return after - before


def lookups_of_holds():
    """How often they were looked up in this transaction, which the owner of the tables is told."""
    counted = "SELECT seq_scan + coalesce(idx_scan, 0) AS n FROM pg_stat_xact_user_tables WHERE relname = 'lines_legalhold'"
    run("RESET ROLE")
    (found,) = rows(counted)
    run("SET LOCAL ROLE counter")
    return found.n


def test_a_replacement_below_the_limit_removes_what_was_kept(line, as_role, limit):
    limit(0)
    with as_role("counter"):
        line.replace(SECOND)
    limit(5)
    with as_role("counter"):
        line.replace(THIRD)

    assert line.kept == [THIRD]


@pytest.mark.parametrize(("days", "sim"), [(-1, SECOND), (0, THIRD), (1, THIRD)])
def test_a_sim_that_is_entered_late_takes_no_newer_ones_place(line, days, sim):
    line.replace(SECOND, on=ON + 2 * DAY)

    line.replace(THIRD, on=ON + (2 + days) * DAY)

    assert line.kept == [sim]
    assert len(entries("line:sim:replaced")) == 2


def test_what_is_asked_of_a_line_by_how_it_is_paid_is_told_as_a_lookup(clerk):
    use_pack(with_line_attributes('name: iccid, required: "yes", payment: prepaid'))
    begin_first_epoch()
    known = {}
    for payment in (Payment.PREPAID, Payment.POSTPAID):
        known[payment] = fresh_number()
        more = {"iccid": FIRST} if payment is Payment.PREPAID else {}
        register_subscriber(
            console_authority(), submission(known[payment], person() | more, payment=payment), on=ON
        )
    told = {}

    for name, number in {"free": fresh_number(), **known}.items():
        before = len(entries("line:access:recorded"))
        with pytest.raises(RollkeeperError) as refused:
            register_subscriber(clerk, submission(number, person() | {"name": "", "iccid": ""}), on=ON)
        faults = getattr(refused.value, "faults", [refused.value])
        told[name] = {one.code for one in faults}, len(entries("line:access:recorded")) - before

    assert told == {
        "free": ({"missing_attribute"}, 0), Payment.PREPAID: ({"missing_attribute"}, 0),
        Payment.POSTPAID: ({"missing_attribute", "unknown_attribute"}, 1),
    }  # fmt: skip
