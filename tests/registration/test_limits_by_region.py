# SPDX-License-Identifier: EUPL-1.2
"""Limits of some regions, and the region of a line: out of the operator's file, or by the number of a new line."""

import datetime as dt

import pytest

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.settings import forget_settings, settings_file, write_settings
from rollkeeper.lines.models import Line
from rollkeeper.lines.queries import find_line
from rollkeeper.operations.doctor import CHECKS
from rollkeeper.operations.duty_check import look_at_the_regions
from rollkeeper.registration.errors import LIMIT_REACHED, LIMIT_REACHED_IN_PERIOD
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.services import register_subscriber, transfer_line
from rollkeeper.registration.submissions import RegistrationKind
from tests.builders.lines import activate_line, terminate_line
from tests.refusals import code_of, refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")

SIX = "what: lines, group: person, regions: [Assam, North East], scope: operator, kind: stock, n: 6, over: refuse"
TWO = SIX.replace("n: 6", "n: 2")
FLOW = TWO.replace("stock", "flow") + ", window: {n: 30, unit: day}"
REGIONS = {"+8613": "Assam", "+86131": "Delhi"}


@pytest.fixture
def by_prefix():
    """Numbers of these lines tell their region."""
    before = settings_file().read_bytes()
    write_settings(lines={"region_prefixes": REGIONS})
    yield
    settings_file().write_bytes(before)
    forget_settings()


def imported(region, *, number=None):
    """Make a line as an import does, of a region."""
    number = number or fresh_number()
    line_id = activate_line(number, service=Service.MOBILE, on=ON)
    Line.objects.filter(line_id=line_id).update(region=region)
    return number


def take(clerk, who, number=None, **others):
    return register_subscriber(clerk, submission(number or fresh_number(), who, **others), on=ON)


@pytest.mark.parametrize(("lines", "is_taken"), [(5, True), (6, False)])
def test_the_seventh_line_of_a_region_is_stopped_and_no_other(clerk, limited, lines, is_taken):
    limited(SIX)
    who = person()
    for at in range(lines):
        take(clerk, who, imported(("Assam", "North East")[at % 2]))

    if is_taken:
        assert take(clerk, who, imported("Assam"))
    for region in ("Assam", "North East"):
        with refusing(LIMIT_REACHED):
            take(clerk, who, imported(region))
    assert take(clerk, who, imported("Delhi"))
    assert take(clerk, who, imported(None))
    assert take(clerk, who)


@pytest.mark.parametrize("limit", [TWO, FLOW])
def test_lines_of_other_regions_and_of_none_do_not_count(clerk, limited, limit):
    limited(limit)
    clock.set_demo_date(ON)
    who = person()
    for region in ("Delhi", None, "assam", "Delhi"):
        take(clerk, who, imported(region))

    assert [take(clerk, who, imported("Assam")) for _ in range(2)]
    with refusing(LIMIT_REACHED, LIMIT_REACHED_IN_PERIOD):
        take(clerk, who, imported("Assam"))


def test_a_line_of_the_region_that_someone_gives_up_meets_the_limit(clerk, limited):
    limited(TWO)
    who, old, number = person(), person(), imported("Assam")
    take(clerk, old, number)
    for _ in range(2):
        take(clerk, who, imported("Assam"))

    with refusing(LIMIT_REACHED):
        transfer_line(clerk, submission(number, who, transferor=given_by(old)), on=ON)


@pytest.mark.usefixtures("by_prefix")
def test_a_new_line_gets_the_region_of_its_longest_prefix(clerk):
    numbers = {"+8613000000001": "Assam", "+8613100000001": "Delhi", "+8615000000001": None}

    for number in numbers:
        take(clerk, person(), number)

    assert {number: find_line(number).region for number in numbers} == numbers


@pytest.mark.usefixtures("by_prefix")
def test_new_lines_of_a_region_meet_its_limit_and_count(clerk, limited):
    limited(TWO)
    who = person()

    came = record(
        clerk,
        [submission(f"+86130777700{at:02d}", who) for at in range(4)],
        action_kind=RegistrationKind.REGISTER,
        on=ON,
    )

    assert [code_of(one) for one in came] == ["Receipt"] * 2 + [LIMIT_REACHED.code] * 2
    assert take(clerk, who, "+8613100000009")


@pytest.mark.usefixtures("by_prefix")
def test_a_counter_gives_a_line_under_a_number_used_before_the_region_of_the_number(clerk, as_role):
    number, new = "+8613000000077", "+8613000000078"
    former = activate_line(number, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    terminate_line(former, quarantined_until=dt.date(2011, 9, 1), on=dt.date(2011, 3, 1))

    with as_role("counter"):
        take(clerk, person(), number)
        take(clerk, person(), new)

    assert (find_line(number).region, find_line(new).region) == ("Assam", "Assam")
    assert Line.objects.get(line_id=former).region is None


@pytest.mark.usefixtures("by_prefix")
def test_a_registered_line_keeps_the_region_of_its_file(clerk):
    number = imported("Delhi", number="+8613000000099")

    take(clerk, person(), number)

    assert find_line(number).region == "Delhi"


@pytest.mark.parametrize("prefixes", [{"8613": "Assam"}, {"+86 13": "Assam"}, {"+8613": ""}])
def test_a_prefix_that_begins_no_number_and_a_region_without_a_name_are_refused(prefixes):
    with pytest.raises(RollkeeperError):
        write_settings(lines={"region_prefixes": prefixes})


@pytest.mark.parametrize(
    ("regions", "prefixes", "line", "unknown"),
    [
        ("Assam, Lhasa", {}, None, "Assam, Lhasa"),
        ("Assam, Lhasa", {"+8613": "Assam", "+8614": "Lhasa "}, None, "Lhasa"),
        ("Assam, Lhasa", {"+8613": "Assam"}, "Lhasa", None),
        ("assam", {"+8613": "Assam"}, "Assam", "assam"),
    ],
)
def test_the_doctor_names_regions_of_the_law_that_no_line_can_have(limited, by_prefix, regions, prefixes, line, unknown):  # fmt: skip
    limited(SIX.replace("Assam, North East", regions))
    write_settings(lines={"region_prefixes": prefixes})
    if line:
        imported(line)

    found = [one.sentence for one in look_at_the_regions()]

    assert look_at_the_regions in CHECKS
    assert [one.split("(")[1].split(")")[0] for one in found] == ([unknown] if unknown else [])


def test_the_doctor_says_nothing_of_regions_where_the_law_names_none(limited, by_prefix):
    limited(SIX.replace("regions: [Assam, North East], ", ""))

    assert list(look_at_the_regions()) == []
