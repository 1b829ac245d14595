"""The emergency floor on a real telephone network: sipp dials through a Kamailio that has our configuration.

Kamailio and sipp are Debian's; where they are not installed these tests are skipped, loudly.
"""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.choices import BarLevel, Bars, Service
from rollkeeper.kernel.database import action
from rollkeeper.kernel.errors import SETTING_FAULT
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.law import packs
from rollkeeper.law.countries import country_of, shipped_countries
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import Order
from rollkeeper.provisioning.gateways.registry import network_gateway
from rollkeeper.provisioning.services import push_due, queue_command
from rollkeeper.registration.services import register_subscriber
from rollkeeper.vault.secret_value import SecretValue
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.commands import retry_commands
from tests.builders.lines import activate_line, suspend_line
from tests.provisioning.elements import (
    CARE,
    EMERGENCY_NUMBERS,
    REGISTRATION,
    TOKEN,
    KamailioProgram,
    free_port,
    running,
    wanted,
)
from tests.provisioning.osmocom import RECORDING, UDP, Telephones
from tests.refusals import refusing
from tests.registration.people import submission

ON = dt.date(2012, 3, 2)
FLOOR = (*EMERGENCY_NUMBERS, CARE, REGISTRATION)
BARRED, ENDED, OTHER = "+8689100000001", "+8689100000002", "+8689100000003"
QUIET, HELPED = "+8689100000004", "+8689100000005"  # barred as well; the one never calls for help


def order(number: str, kind=CommandKind.BAR, sequence=1) -> Order:
    return Order(
        line_id=uuid.uuid5(uuid.NAMESPACE_OID, number), key=uuid.uuid4(), kind=kind, reason="registration",
        sequence=sequence, number=SecretValue(number),
    )  # fmt: skip


@pytest.fixture(scope="module")
def kamailio(tmp_path_factory):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    wanted("sip-tester", "sipp")
    yield from running(KamailioProgram(tmp_path_factory.mktemp("kamailio")))


@pytest.fixture(scope="module")
def telephones(kamailio, tmp_path_factory):
    """One barred, one ended and one ordinary telephone, the emergency centre and the care desk."""
    phones = Telephones(kamailio.sip, tmp_path_factory.mktemp("telephones"))
    places = {number: free_port(UDP) for number in (BARRED, ENDED, OTHER, QUIET, HELPED)}
    with phones.answering(kamailio.centre, kamailio.desk, *places.values()):
        for number, port in places.items():
            assert phones.register(number, port)
        orders = [order(BARRED), order(ENDED, CommandKind.TERMINATE), order(QUIET), order(HELPED)]
        assert kamailio.gateway().push(orders) == [Answer.ACCEPTED] * 4
        yield phones


def test_every_number_of_the_floor_is_put_through_from_a_barred_line(telephones):
    assert telephones.call(BARRED, *FLOOR)


@pytest.mark.parametrize("code", shipped_countries())
def test_a_barred_line_reaches_every_emergency_number_of_its_country(code, tmp_path):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    wanted("sip-tester", "sipp")
    country = country_of(code)
    plan = country.number_plan
    barred, other = (f"+{plan.calling_code}" + first + "2" * (plan.digits.most - 1) for first in "98")
    emergency = [one.number for one in country.emergency_numbers]
    reachable = [one.number for one in country.reachable_numbers]
    for element in running(KamailioProgram(tmp_path, country=code)):
        phones, place = Telephones(element.sip, tmp_path), free_port(UDP)
        gateway = element.gateway(emergency_numbers=emergency, reachable_numbers=reachable)
        assert gateway.push([order(barred)]) == [Answer.ACCEPTED]
        assert gateway.read_back([order(barred).line_id]) == [ReadBack.BARRED]
        with phones.answering(element.centre, element.desk, place):
            assert phones.register(other, place)
            otherwise = (f"+{plan.calling_code}{emergency[0]}", f"+{emergency[0]}", "emergency")
            assert phones.call(barred, *emergency, *reachable, CARE, REGISTRATION, *otherwise)
            assert phones.call(barred.removeprefix("+"), *emergency)
            assert phones.is_refused(barred, other)
            assert phones.is_refused(barred.removeprefix("+"), other)
            assert phones.is_refused(barred, f"{emergency[0]}9", f"9{emergency[0]}")
            assert phones.call(other, other)
            level = list(BarLevel)[shipped_countries().index(code) % len(BarLevel)]  # in turn
            assert gateway.push([replace(order(barred, sequence=2), bars=level.bars)]) == [Answer.ACCEPTED]
            assert phones.call(barred, *emergency, *reachable, CARE, REGISTRATION)


@pytest.mark.parametrize("level", BarLevel)
def test_the_floor_holds_under_every_bar_and_only_what_is_named_is_barred(kamailio, telephones, level):
    number = f"+86891000001{list(BarLevel).index(level):02}"
    one = replace(order(number, sequence=5), bars=level.bars)
    place, gateway = free_port(UDP), kamailio.gateway()
    with telephones.answering(place):
        assert telephones.register(number, place)

        assert gateway.push([one]) == [Answer.ACCEPTED]

        assert gateway.read_back([one.line_id], bars={one.line_id: level.bars}) == [ReadBack.BARRED]
        # Before the first call for help: after it anyone reaches the line, as the centre calls back over any trunk.
        if Bars.INCOMING in level.bars:
            assert telephones.is_refused(OTHER, number, status=480)
        else:
            assert telephones.call(OTHER, number)
        if Bars.OUTGOING in level.bars:
            assert telephones.is_refused(number, OTHER)
        else:
            assert telephones.call(number, OTHER)
        assert telephones.call(number, *FLOOR)
        assert gateway.push([order(number, CommandKind.RESTORE, 6)]) == [Answer.ACCEPTED]
        assert telephones.call(number, OTHER)


def test_an_element_of_another_country_bars_nobody(tmp_path):
    wanted("kamailio", "kamailio")
    south_africa = [one.number for one in country_of("ZA").emergency_numbers]
    for element in running(KamailioProgram(tmp_path, country="CN")):
        gateway = element.gateway(emergency_numbers=south_africa)
        assert gateway.push([order(OTHER)]) == [Answer.RETRY]
        assert gateway.push([order(OTHER, CommandKind.RESTORE, 2)]) == [Answer.ACCEPTED]


def test_an_element_whose_country_has_no_emergency_numbers_bars_nobody(kamailio):
    gateway = kamailio.gateway(emergency_numbers=())

    assert gateway.push([order("+8689100000077")]) == [Answer.RETRY]
    assert gateway.push([order("+8689100000077", CommandKind.RESTORE, 2)]) == [Answer.ACCEPTED]


def test_a_country_code_before_an_emergency_number_changes_nothing(telephones):
    assert telephones.call(
        BARRED,
        "+86110",
        "0086120",
        f"+86{CARE}",
        f"0086{REGISTRATION}",
        f"86{CARE}",
        f"020{CARE}",
        f"+86891{REGISTRATION}",
    )


def test_an_emergency_call_is_known_however_telephones_and_gateways_write_it(telephones):
    assert telephones.call(
        BARRED, "emergency", "sos", "0891110", "+86891119", "010120", "86110", "110%23", "%2B86112", "+860891110",
        "00860891119", "86891110", "860891120", "1-1-2", "(112)", "1%2012", "+112", "00110", "+86-119",
    )  # fmt: skip


def test_who_hides_the_number_for_one_call_calls_for_help(telephones):
    assert telephones.call(
        BARRED, "*31%23112", "%2331%23110", "*31*119", "*31120", "*67112", f"%2331%23{CARE}"
    )
    assert telephones.is_refused(BARRED, "*21*112%23", "*61112", f"*31%23{OTHER}")


def test_a_local_number_that_looks_like_an_emergency_number_can_be_called(telephones):
    assert telephones.is_refused(OTHER, "86891110", status=404, says="Not registered")


@pytest.mark.parametrize(
    "written", ["8689100000001", "+86089100000001", "008689100000001", "089100000001", "%2B8689100000001"]
)
def test_a_barred_line_is_known_however_telephones_and_gateways_write_it(telephones, written):
    assert telephones.is_refused(written, OTHER, says=f"SIP/2.0 403 Line suspended: dial {CARE}")
    assert telephones.is_refused(OTHER, written[:-1] + "4", status=480)


def test_emergency_calls_pass_from_terminated_and_unknown_lines(telephones):
    assert telephones.call(ENDED, *EMERGENCY_NUMBERS)
    assert telephones.call("nobody", *EMERGENCY_NUMBERS)


def test_an_ordinary_number_is_refused_and_the_caller_hears_what_to_do(telephones):
    assert telephones.is_refused(BARRED, OTHER, says=f"SIP/2.0 403 Line suspended: dial {CARE}")
    assert telephones.is_refused(BARRED, OTHER, says="Reason: Q.850;cause=21")
    assert telephones.is_refused(
        BARRED, OTHER, says=f"Warning: 399 rollkeeper .*Dial {CARE}.*Emergency calls"
    )


def test_an_ordinary_line_is_put_through_so_that_a_refusal_means_something(telephones):
    assert telephones.call(OTHER, OTHER)
    assert not telephones.call(BARRED, OTHER)


def test_numbers_that_only_look_like_the_floor_are_refused(telephones):
    assert telephones.is_refused(
        BARRED, "1100", "0110", "1", "11", "911110", "110x", f"{CARE}0", "+8612122", "+8696110", "+8695119"
    )


def test_a_barred_line_is_called_back_by_the_centre_and_by_nobody_who_only_says_so(kamailio, telephones):
    assert telephones.call("110", QUIET, port=kamailio.calling_back)
    assert telephones.is_refused("110", QUIET, status=480, says="Called line is suspended")
    assert telephones.is_refused(OTHER, QUIET, status=480)


def test_who_called_for_help_is_called_back_from_anywhere_and_calls_nobody_else(telephones):
    assert telephones.is_refused(OTHER, HELPED, status=480)

    assert telephones.call(HELPED, "120")

    assert telephones.call(OTHER, HELPED)
    assert telephones.is_refused(HELPED, OTHER)


def test_a_barred_phone_may_still_say_where_it_is(telephones):
    place = free_port(UDP)

    assert telephones.register(BARRED, place)


def bars_the_floor_itself(kamailio, _):
    kamailio.gateway().push([order(number) for number in (*FLOOR, "sos", "+86110", "centre", "care")])


def ends_the_floor_itself(kamailio, _):
    kamailio.gateway().push([order(number, CommandKind.TERMINATE, 2) for number in (*FLOOR, "+86112")])


def sends_every_word_by_hand(kamailio, _):
    line = uuid.uuid4()
    kamailio.gateway()._ask([
        f"bar {line} 9 110", f"floor {line}", "bar 110 1 110", f"end {line} 10 urn:service:sos", "floor none 110",
        f"bar {line} 11 110' OR '1'='1", "DROP TABLE rk_line",
    ])  # fmt: skip


def sends_without_the_token(kamailio, _):
    assert kamailio.gateway(token="guessed").push([order("110", sequence=9)]) == [Answer.RETRY]


def sets_another_care_number(kamailio, _):
    other = kamailio.gateway(care_number="999", registration_number="998")
    assert other.push([order(OTHER, sequence=9)]) == [Answer.RETRY]
    assert other.read_back([order(BARRED).line_id]) == [ReadBack.FLOOR_MISSING]


def inserts_a_command_without_the_floor(kamailio, as_role):
    for columns in ("false, true, true", "true, false, true", "true, true, false"):
        statement = (
            "INSERT INTO provisioning_command (line_id, kind, reason, requested_at, allows_emergency, allows_care,"
            " allows_registration) SELECT gen_random_uuid(), 'bar', 'x', now(), " + columns
        )
        refused(statement, as_role)


def refused(statement, as_role):
    """Try a statement that takes the floor off as the role of the night, which has no right to it, and as the owner."""
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("worker"):
        database.run(statement)
    with pytest.raises(IntegrityError, match="provisioning_command_bars_the_floor"), action():
        database.run(statement)


def takes_the_constraint_off(kamailio, as_role):
    for statement in (
        "ALTER TABLE provisioning_command DROP CONSTRAINT provisioning_command_bars_the_floor",
        "ALTER TABLE provisioning_command DISABLE TRIGGER ALL",
        "DROP TABLE provisioning_command",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), as_role("worker"):
            database.run(statement)


def takes_the_floor_off_a_command_that_waits(kamailio, as_role):
    queue_command(uuid.uuid4(), kind=CommandKind.BAR, reason="registration", at=clock.now())
    refused("UPDATE provisioning_command SET allows_emergency = false", as_role)


def turns_a_command_into_another(kamailio, as_role):
    queue_command(uuid.uuid4(), kind=CommandKind.RESTORE, reason="registration", at=clock.now())
    for statement in (
        "UPDATE provisioning_command SET kind = 'terminate'",
        "UPDATE provisioning_command SET line_id = gen_random_uuid()",
        (
            "INSERT INTO provisioning_command (line_id, kind, reason, requested_at, position) OVERRIDING SYSTEM VALUE"
            " VALUES (gen_random_uuid(), 'bar', 'registration', now(), 1000000000000000000)"
        ),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("worker"):
            database.run(statement)


def ends_a_line_that_lives(kamailio, as_role):
    line = activate_line("+8689100000099", service=Service.FIXED_LINE, on=ON)
    with pytest.raises(IntegrityError, match="ends_a_line_that_lives"), as_role("worker"):
        queue_command(line, kind=CommandKind.TERMINATE, reason="registration", at=clock.now())


def writes_a_pack_that_bars_emergency_calls(kamailio, _):
    text = (Path(packs.__file__).parent / "cn-xz-2011.yaml").read_text("utf-8")
    file = data_dir() / "no-emergency.yaml"
    for line in ("emergency: refused", "allows: []", "floor: none"):
        file.write_text(f"{text}\n{line}\n", "utf-8")
        with pytest.raises(Exception, match="no-emergency"):
            packs.load_pack(str(file))
    file.unlink()


def names_the_floor_in_the_settings(kamailio, _):
    for name in ("network_allows", "emergency_numbers", "allows_emergency"):
        for table in ("instance", "provisioning"):
            with refusing(SETTING_FAULT, match="no such setting"):
                write_settings(**{table: {name: []}})


ATTACKS: list[Callable] = [
    bars_the_floor_itself, ends_the_floor_itself, sends_every_word_by_hand, sends_without_the_token,
    sets_another_care_number, inserts_a_command_without_the_floor, takes_the_constraint_off,
    takes_the_floor_off_a_command_that_waits, turns_a_command_into_another, ends_a_line_that_lives,
    writes_a_pack_that_bars_emergency_calls, names_the_floor_in_the_settings,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=[one.__name__ for one in ATTACKS])
def test_nothing_makes_a_state_in_which_emergency_calls_fail(register, kamailio, telephones, as_role, attack):
    attack(kamailio, as_role)

    assert telephones.call(BARRED, *FLOOR)
    assert telephones.call("110", BARRED, port=kamailio.calling_back)


def test_an_element_that_would_not_put_the_floor_through_bars_nobody(tmp_path):
    wanted("kamailio", "kamailio")
    careless = KamailioProgram(tmp_path, care="10000")
    for element in running(careless):
        assert element.gateway().push([order(OTHER)]) == [Answer.RETRY]
        assert element.gateway().push([order(OTHER, CommandKind.RESTORE, 2)]) == [Answer.ACCEPTED]
        assert element.gateway().read_back([order(OTHER).line_id]) == [ReadBack.OPEN]


def test_where_there_is_an_announcement_it_is_played_and_the_refusal_comes_after_it(kamailio, tmp_path):
    place = free_port(UDP)
    for element in running(KamailioProgram(tmp_path, announcement_port=place)):
        phones = Telephones(element.sip, tmp_path)
        element.gateway().push([order(BARRED)])
        with phones.answering(place, scenario="announcement.xml"), phones.ear() as ear:
            assert phones.is_refused(BARRED, OTHER, says=f"Warning: .*Dial {CARE}", ear=ear)
            assert phones.heard(ear)[:2000] == RECORDING[:2000]
        assert phones.is_refused(BARRED, OTHER, says=f"Warning: .*Dial {CARE}")  # the announcement is gone


def test_a_number_that_was_taken_to_another_operator_is_called_and_calls(kamailio, tmp_path):
    ported = f'#!define RK_ELSEWHERE ($var(rk_number) == "{ENDED}")\n'
    for element in running(KamailioProgram(tmp_path, local=ported)):
        phones, place = Telephones(element.sip, tmp_path), free_port(UDP)
        element.gateway().push([order(ENDED, CommandKind.TERMINATE), order(BARRED, CommandKind.TERMINATE)])
        with phones.answering(place):
            assert phones.register(OTHER, place)
            assert phones.call(ENDED, OTHER)
            assert not phones.call(BARRED, OTHER)
        assert phones.is_refused(
            OTHER, ENDED, status=404, says="Not registered"
        )  # here the operator's own route goes on
        assert phones.is_refused(OTHER, BARRED, status=404, says="Number not in service")


@pytest.fixture
def element_of_the_instance(committed, kamailio):
    begin_first_epoch()
    token = data_dir() / "secrets" / "kamailio.token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    write_settings(instance={"care_number": CARE, "registration_number": REGISTRATION}, provisioning={"kamailio": {"url": kamailio.url}, "by_service": {"fixed_line": ["kamailio"]}})  # fmt: skip
    yield kamailio
    write_settings(
        instance={"registration_number": None}, provisioning={"by_service": {}, "kamailio": {"url": None}}
    )
    token.unlink()


@pytest.fixture
def pushing(element_of_the_instance):
    """`rollkeeper provisioning push --follow`, as a service would run it."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("rollkeeper"), "provisioning", "push", "--follow", "--on", str(ON)],
        env=os.environ | {"ROLLKEEPER_ROLE": "worker"}, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert b"every second" in process.stderr.readline()
    yield process
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert b"1 confirmed" in out


def test_after_registration_everything_works_within_ten_seconds(telephones, element_of_the_instance, pushing):
    number, clerk = "+8689100000004", Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)
    line = activate_line(number, service=Service.FIXED_LINE, on=dt.date(2010, 5, 1))
    suspend_line(line, reason=SuspensionReason.REGISTRATION, on=dt.date(2012, 3, 1))
    queue_command(line, kind=CommandKind.BAR, reason="registration", at=clock.now())
    until(lambda: network_gateway().read_back([line]) == [ReadBack.BARRED])
    before = telephones.is_refused(number, OTHER, says=CARE)

    register_subscriber(clerk, submission(number), on=ON)
    registered_at = time.monotonic()
    until(lambda: telephones.call(number, OTHER))

    assert before
    assert time.monotonic() - registered_at < 10


BAR = "INSERT INTO provisioning_command (line_id, kind, reason, requested_at) VALUES (%s, 'bar', %s, '2012-03-02')"
SUSPEND = (
    "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at)"
    " VALUES (%s, gen_random_uuid(), %s, '2012-03-02', '2012-03-02')"
)
HANDS = {
    "bars for every reason there is": [(one, [reason]) for reason in SuspensionReason for one in (SUSPEND, BAR)],
    "bars what is not suspended": [(BAR, ["registration"])] * 3,
    "ends it in the register as well": [
        ("UPDATE lines_line SET state = 'terminated', terminated_on = '2012-03-02', terminated_by = 'campaign' WHERE line_id = %s", []),
        (BAR.replace("'bar'", "'terminate'"), ["registration"]),
    ],
    "has everything done again": [
        (BAR, ["registration"]),
        ("UPDATE provisioning_command SET state = 'waiting', attempts = 0 WHERE line_id = %s", []),
    ],
}  # fmt: skip


def pushed():
    for _ in range(2):
        push_due(worker_authority(), on=ON)
        retry_commands()


@pytest.mark.parametrize("what", HANDS)
def test_whatever_is_written_by_hand_a_line_calls_for_help(
    telephones, element_of_the_instance, as_role, what
):
    number = f"+868910000001{list(HANDS).index(what)}"
    line = activate_line(number, service=Service.FIXED_LINE, on=dt.date(2010, 5, 1))

    for statement, more in HANDS[what]:
        database.run(statement, [line, *[str(one) for one in more]])
        with as_role("worker"):
            pushed()

    assert telephones.call(number, *(EMERGENCY_NUMBERS if "ends" in what else FLOOR))
    assert telephones.is_refused(number, OTHER)


@pytest.mark.parametrize(
    "chosen", [{"care_number": "10000"}, {"registration_number": "10001"}, {"care_number": "110"}], ids=str
)
def test_an_instance_whose_numbers_the_element_does_not_put_through_bars_nobody(
    telephones, element_of_the_instance, chosen
):
    number, before = f"+868910000002{len(str(chosen))}", instance()
    line = activate_line(number, service=Service.FIXED_LINE, on=dt.date(2010, 5, 1))
    queue_command(line, kind=CommandKind.BAR, reason="registration", at=clock.now())
    try:
        write_settings(instance=chosen)
        pushed()
    finally:
        write_settings(instance={name: getattr(before, name) for name in chosen})

    assert telephones.call(number, *FLOOR)
    assert telephones.call(number, OTHER) or chosen["care_number"] == "110"


def until(comes_true, *, within_s: float = 90) -> None:
    latest = time.monotonic() + within_s
    while not comes_true():
        assert time.monotonic() < latest
        time.sleep(0.1)
