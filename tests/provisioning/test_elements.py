"""What each real element adds to the contract: persistence, absence, sessions, the switches of a subscriber."""

import datetime as dt
import io
import os
import re
import signal
import socket
import socketserver
import sqlite3
import threading
import time
import uuid
from contextlib import closing, suppress

import pytest
from pyrad import packet
from pyrad.client import Client
from pyrad.dictionary import Dictionary

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign.batch_rollback import undo_batch
from rollkeeper.campaign.settings import settings as campaign_settings
from rollkeeper.kernel import database
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.errors import SETTING_FAULT, Faults
from rollkeeper.kernel.ids import BatchId
from rollkeeper.kernel.settings import data_dir, forget_settings, settings_file, write_settings
from rollkeeper.lines.models import Line
from rollkeeper.lines.numbers import normalise
from rollkeeper.operations.settings import check_settings
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.errors import ELEMENT_SECRET_MISSING
from rollkeeper.provisioning.gateways.base import Order
from rollkeeper.provisioning.gateways.element_routing import ServiceRouter
from rollkeeper.provisioning.gateways.fence import Fence, HeldFence, LastOrder
from rollkeeper.provisioning.gateways.osmo_hlr import OsmoHlr
from rollkeeper.provisioning.gateways.osmo_wire import Control, NotUnderstood, Terminal
from rollkeeper.provisioning.gateways.radius_wire import Radius
from rollkeeper.provisioning.gateways.registry import network_gateway
from rollkeeper.provisioning.queries import reconcile
from rollkeeper.provisioning.services import push_due, queue_command
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.secret_value import SecretValue
from rollkeeper.vault.services import seal_line_values
from tests.builders.commands import retry_commands
from tests.builders.lines import make_line
from tests.builders.staff import employ_approvers
from tests.campaign.population import night, plan
from tests.campaign.population import tell as tell_subscriber
from tests.provisioning.elements import NUMBERS, PASSWORD, TOKEN, RadiusProgram, running, wanted
from tests.provisioning.fakes import Element
from tests.provisioning.sgsn import DELETE_DATA, LOCATION_DONE, LOCATION_REFUSED, Sgsn
from tests.refusals import refusing

ON = CUT = dt.date(2012, 3, 2)
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)
BAR, RESTORE, END = CommandKind.BAR, CommandKind.RESTORE, CommandKind.TERMINATE


@pytest.fixture
def element(request):
    return request.getfixturevalue(request.param)


every_element = pytest.mark.parametrize("element", ["hlr", "kamailio", "radius"], indirect=True)


def order(number, kind=BAR, sequence=1, line=None, service=None):
    return Order(
        line_id=line or uuid.uuid5(uuid.NAMESPACE_OID, number), key=uuid.uuid4(), kind=kind,
        reason="registration", sequence=sequence, number=SecretValue(number), service=service,
    )  # fmt: skip


@every_element
def test_an_absent_element_means_retry_and_keeps_its_state(element):
    gateway, asked = element.gateway(), [order(number) for number in NUMBERS[:3]]
    gateway.push(asked)
    lines = [one.line_id for one in asked]

    element.kill(signal.SIGKILL)
    away = gateway.push([order(NUMBERS[3])]), gateway.read_back(lines)
    element.start()

    assert away == ([Answer.RETRY], [ReadBack.UNKNOWN] * 3)
    assert gateway.read_back(lines) == [ReadBack.BARRED] * 3
    assert gateway.push([order(NUMBERS[0], RESTORE, 0)]) == [Answer.REFUSED]


@every_element
def test_an_order_without_a_number_or_with_one_that_no_element_could_know_is_refused(element):
    line = uuid.uuid4()

    answers = element.gateway().push([order(one, line=line) for one in ("", "110' OR 1=1", "1\nbar", "٣٣")])

    assert answers == [Answer.REFUSED] * 4


@every_element
def test_a_number_given_to_a_new_line_is_that_line_s_and_the_old_one_stays_absent(element):
    gateway, number = element.gateway(), NUMBERS[5]
    old, new = uuid.uuid4(), uuid.uuid4()
    gateway.push([order(number, END, 1, old)])
    if element.folder.name.startswith("hlr"):
        element.provision(["+999" + number[4:]])
        with Control(element.control, patience_s=30) as control:
            control.set(f"msisdn-999{number[4:]}.msisdn", number.removeprefix("+"))

    gateway.push([order(number, RESTORE, 2, new)])

    assert gateway.read_back([old, new]) == [ReadBack.ABSENT, ReadBack.OPEN]


@every_element
def test_orders_as_far_ahead_as_after_a_restore_are_told_apart_to_one(element):
    gateway, number, ahead = element.gateway(), NUMBERS[11], 1_800_000_000_000_000
    asked = order(number, sequence=ahead + 1)
    gateway.push([asked])

    older = gateway.push([order(number, RESTORE, ahead)]), gateway.read_back([asked.line_id])
    newer = gateway.push([order(number, RESTORE, ahead + 2)]), gateway.read_back([asked.line_id])

    assert older == ([Answer.REFUSED], [ReadBack.BARRED])
    assert newer == ([Answer.ACCEPTED], [ReadBack.OPEN])


def test_a_barred_subscriber_keeps_calls_and_loses_data(hlr):
    asked = order(NUMBERS[6])

    hlr.gateway().push([asked])

    assert switches(hlr, NUMBERS[6]) == ("1", "0")


def test_the_sgsn_is_told_and_a_barred_phone_s_next_update_is_refused(hlr):
    """Without a domain OsmoSGSN drops no one (docs/provisioning.md)."""
    number, gateway = NUMBERS[10], hlr.gateway()
    sgsn = Sgsn(number[1:][-15:].rjust(15, "9"))
    try:
        attached = sgsn.attach()
        gateway.push([order(number)])
        notified, domain, while_barred = sgsn.hears(), sgsn.names_a_domain, sgsn.attach()
        gateway.push([order(number, RESTORE, 2)])

        assert (attached, notified, domain, while_barred) == (
            LOCATION_DONE,
            DELETE_DATA,
            False,
            LOCATION_REFUSED,
        )
        assert sgsn.attach() == LOCATION_DONE
    finally:
        sgsn.close()


def set_switches(hlr, number, mode):
    with Terminal(hlr.terminal, patience_s=30) as terminal:
        terminal.do(f"subscriber msisdn {number[1:]} update network-access-mode {mode}")


@pytest.mark.parametrize(
    ("mode", "has"), [("cs", ("1", "0")), ("ps", ("0", "1")), ("cs+ps", ("1", "1")), ("none", ("1", "1"))]
)
def test_a_restored_subscriber_has_what_it_had_before_the_bar(hlr, mode, has):
    number, gateway = NUMBERS[11], hlr.gateway()
    line = uuid.uuid4()
    set_switches(hlr, number, mode)

    said = []
    for sequence, kind in enumerate((BAR, END, BAR, RESTORE, RESTORE), start=1):
        gateway.push([order(number, kind, sequence, line)])
        said += gateway.read_back([line])

    assert switches(hlr, number) == has
    assert said == [kind.proof for kind in (BAR, END, BAR, RESTORE, RESTORE)]


def test_what_was_granted_again_after_a_restore_is_what_the_next_one_gives_back(hlr):
    number, gateway, line = NUMBERS[12], hlr.gateway(), uuid.uuid4()
    set_switches(hlr, number, "cs")
    for sequence, kind in enumerate((BAR, RESTORE), start=1):
        gateway.push([order(number, kind, sequence, line)])

    set_switches(hlr, number, "cs+ps")
    for sequence, kind in enumerate((BAR, RESTORE), start=3):
        gateway.push([order(number, kind, sequence, line)])

    assert switches(hlr, number) == ("1", "1")


def test_a_crash_after_the_switch_does_not_lose_the_original_grants(hlr):
    number, line = NUMBERS[13], uuid.uuid4()
    if (child := os.fork()) == 0:
        HeldFence.keep = lambda *_: os._exit(9)
        hlr.gateway().push([order(number, BAR, 1, line)])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert switches(hlr, number) == ("1", "0")

    hlr.gateway().push([order(number, BAR, 1, line)])
    hlr.gateway().push([order(number, RESTORE, 2, line)])

    assert switches(hlr, number) == ("1", "1")
    assert hlr.gateway().read_back([line]) == [ReadBack.OPEN]


def test_an_order_that_comes_too_late_does_not_take_anything_for_taken(hlr):
    number, gateway, line = NUMBERS[14], hlr.gateway(), uuid.uuid4()
    set_switches(hlr, number, "cs")
    for sequence, kind in ((1, BAR), (3, RESTORE), (2, BAR)):
        gateway.push([order(number, kind, sequence, line)])

    assert gateway.read_back([line]) == [ReadBack.OPEN]


def test_an_ended_subscriber_has_neither_calls_nor_data_nor_number(hlr):
    asked = order(NUMBERS[7], END)

    hlr.gateway().push([asked])

    assert switches(hlr, NUMBERS[7]) is None
    assert hlr.gateway().read_back([asked.line_id]) == [ReadBack.ABSENT]


def test_a_subscriber_whose_calls_somebody_else_switched_off_has_no_floor(hlr):
    asked = order(NUMBERS[8])
    hlr.gateway().push([asked])
    with Terminal(hlr.terminal, patience_s=30) as terminal:
        terminal.do(f"subscriber msisdn {NUMBERS[8][1:]} update network-access-mode ps")

    assert hlr.gateway().read_back([asked.line_id]) == [ReadBack.FLOOR_MISSING]


def test_a_number_unknown_to_the_hlr_is_neither_barred_nor_proven_terminated(hlr):
    gateway, unknown = hlr.gateway(), "+8613999999999"

    assert gateway.push([order(unknown)]) == [Answer.REFUSED]
    assert gateway.push([order(unknown, END, 2)]) == [Answer.ACCEPTED]
    assert gateway.read_back([order(unknown).line_id]) == [ReadBack.UNKNOWN]


def test_a_line_whose_card_the_operator_took_out_of_the_hlr_is_ended_already(hlr):
    gateway, gone = hlr.gateway(), order("+8613999999998")
    hlr.provision([gone.number.reveal()])
    gateway.push([gone])
    delete_card(hlr, "8613999999998")

    assert gateway.push([order("+8613999999998", END, 2)]) == [Answer.ACCEPTED]
    assert gateway.read_back([gone.line_id]) == [ReadBack.ABSENT]


def test_a_national_number_in_the_hlr_is_found_terminated_and_restored(hlr):
    number, gateway, line = "+8613999999997", hlr.gateway(), uuid.uuid4()
    hlr.provision(["+13999999997"])

    said, found = [], []
    for sequence, kind in enumerate((END, BAR, RESTORE), start=1):
        gateway.push([order(number, kind, sequence, line)])
        said += gateway.read_back([line])
        found.append(switches(hlr, "13999999997"))

    assert said == [ReadBack.ABSENT, ReadBack.BARRED, ReadBack.OPEN]
    assert found == [None, ("1", "0"), ("1", "1")]


@pytest.mark.parametrize("kind", [BAR, RESTORE])
def test_a_new_card_in_the_row_of_an_ended_line_gets_nothing_of_that_line(hlr, kind):
    number, gateway, line = f"+861399999980{[BAR, RESTORE].index(kind)}", hlr.gateway(), uuid.uuid4()
    hlr.provision([number])
    gateway.push([order(number, BAR, 1, line), order(number, END, 2, line)])
    row = row_of(hlr, f"imsi-99{number[1:]}")
    delete_card(hlr, f"99{number[1:]}", by="imsi")
    with Control(hlr.control, patience_s=30) as control:
        control._ask("SET", "subscriber.create", f"98{number[1:]}")

    said = gateway.push([order(number, kind, 3, line)])

    assert row_of(hlr, f"imsi-98{number[1:]}")["id"] == row["id"]
    assert "msisdn" not in row_of(hlr, f"imsi-98{number[1:]}")
    assert (said, gateway.read_back([line])) == ([Answer.REFUSED], [ReadBack.ABSENT])


def test_a_card_of_data_alone_gets_no_calls_by_being_opened(hlr):
    number, gateway, line = NUMBERS[15], hlr.gateway(), uuid.uuid4()
    set_switches(hlr, number, "ps")

    gateway.push([order(number, RESTORE, 1, line, "data_card")])

    assert switches(hlr, number) == ("0", "1")
    assert gateway.read_back([line]) == [ReadBack.OPEN]


def test_calls_that_a_data_card_got_since_are_not_taken_by_opening_it_again(hlr):
    number, gateway, line = NUMBERS[16], hlr.gateway(), uuid.uuid4()
    set_switches(hlr, number, "ps")
    gateway.push([order(number, RESTORE, 1, line, "data_card")])
    set_switches(hlr, number, "cs+ps")

    gateway.push([order(number, RESTORE, 2, line, "data_card")])

    assert switches(hlr, number) == ("1", "1")
    assert gateway.read_back([line]) == [ReadBack.OPEN]


@pytest.mark.parametrize("service", ["mobile", "data_card"])
def test_restoring_enables_calls_of_a_phone_but_not_of_a_data_card(whole_network, hlr, service):
    number = NUMBERS[17 + ["mobile", "data_card"].index(service)]
    set_switches(hlr, number, "ps")
    line = suspended(service, number)
    queue_command(line, kind=RESTORE, reason="registration", at=AT)

    push()

    assert switches(hlr, number) == {"mobile": ("1", "1"), "data_card": ("0", "1")}[service]
    assert network_gateway().read_back([line]) == [ReadBack.OPEN]


def delete_card(hlr, number, by="msisdn"):
    with Terminal(hlr.terminal, patience_s=30) as terminal, suppress(NotUnderstood):
        terminal.do(f"subscriber {by} {number} delete")  # it prints what it did as if it were a complaint


def row_of(hlr, selector):
    with Control(hlr.control, patience_s=30) as control:
        return control.info(selector)


def test_a_new_sim_under_the_same_number_is_found_by_the_next_order(hlr):
    number, gateway = NUMBERS[9], hlr.gateway()
    gateway.push([order(number)])
    hlr.provision(["+998" + number[4:]])
    with Control(hlr.control, patience_s=30) as control:
        control.set(f"msisdn-{number[1:]}.msisdn", "none")
        control.set(f"msisdn-998{number[4:]}.msisdn", number[1:])

    before = gateway.read_back([order(number).line_id])
    gateway.push([order(number, BAR, 2)])

    assert before != [ReadBack.BARRED]
    assert gateway.read_back([order(number).line_id]) == [ReadBack.BARRED]
    assert switches(hlr, number) == ("1", "0")


@pytest.mark.parametrize("kind", [END, BAR, RESTORE])
def test_an_order_for_an_old_line_leaves_who_has_its_card_by_now_alone(hlr, kind):
    another, gateway, line = f"1399900{[END, BAR, RESTORE].index(kind)}", hlr.gateway(), uuid.uuid4()
    hlr.provision(["+997" + another])
    gateway.push([order("+997" + another, RESTORE, 1, line)])
    with Control(hlr.control, patience_s=30) as control:
        control.set(f"msisdn-997{another}.msisdn", "996" + another)

    said = gateway.push([order("+997" + another, kind, 2, line)])

    assert said == [Answer.ACCEPTED if kind is END else Answer.REFUSED]
    assert switches(hlr, "+996" + another) == ("1", "1")


def test_while_one_process_hands_orders_over_another_waits(hlr, tmp_path):
    fence = Fence(tmp_path / "fence.sqlite")
    entered, line = threading.Event(), uuid.uuid4()

    def newer():
        entered.wait()
        with fence.held() as held:
            held.keep(line, LastOrder(2, "7"))

    other = threading.Thread(target=newer)
    other.start()
    with fence.held() as held:
        entered.set()
        other.join(0.3)
        waits = other.is_alive()
        held.keep(line, LastOrder(1, "7"))
    other.join()

    assert waits
    assert fence.last_order([line]) == [LastOrder(2, "7")]


def switches(hlr, number):
    with Control(hlr.control, patience_s=30) as control:
        info = control.info(f"msisdn-{number.removeprefix('+')}")
    return info and (info["nam_cs"], info["nam_ps"])


@pytest.mark.parametrize(
    "rubbish", [b"", b"\xff" * 70_000, b"\x00\x05\xee\x00abc", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_something_else_on_the_hlr_s_ports_is_later_and_unknown(tmp_path, rubbish):
    class Rubbish(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.sendall(rubbish)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Rubbish) as other:
        threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        place = f"127.0.0.1:{other.server_address[1]}"
        fence = Fence(tmp_path / "fence.sqlite")
        with fence.held() as held:
            held.keep(uuid.UUID(int=1), LastOrder(1, "1"))
        gateway = OsmoHlr(control=place, terminal=place, fence=fence, patience_s=0.3)

        assert gateway.push([order(NUMBERS[0])]) == [Answer.RETRY]
        assert gateway.read_back([uuid.UUID(int=1)]) == [ReadBack.UNKNOWN]
        other.shutdown()


ACCOUNT, LOGIN = "+868916331234", "08916331234"  # as the register writes it, as the customer does
WORDS = """
ATTRIBUTE User-Name 1 string
ATTRIBUTE User-Password 2 string encrypt=1
ATTRIBUTE NAS-IP-Address 4 ipaddr
ATTRIBUTE Filter-Id 11 string
ATTRIBUTE Reply-Message 18 string
ATTRIBUTE Class 25 octets
ATTRIBUTE Calling-Station-Id 31 string
ATTRIBUTE Acct-Status-Type 40 integer
ATTRIBUTE Acct-Delay-Time 41 integer
ATTRIBUTE Acct-Session-Id 44 string
ATTRIBUTE Message-Authenticator 80 octets
ATTRIBUTE Error-Cause 101 integer
"""
STARTS, STOPS, SPEAKS = 1, 2, 3


class Nas:
    """A NAS that obeys or says nothing."""

    def __init__(self, port, secret):
        self.heard, self.answers, self._secret, self._is_over = [], True, secret.encode(), False
        self.error_cause, self.names, self.asked, self.discards = None, set(), 0, set()
        self._wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._wire.bind(("127.0.0.1", port))
        self._wire.settimeout(0.05)
        self._thread = threading.Thread(target=self._obey)
        self._thread.start()

    def close(self):
        self._is_over = True
        self._thread.join()
        self._wire.close()

    def _obey(self):
        while not self._is_over:
            try:
                raw, sender = self._wire.recvfrom(4096)
            except TimeoutError:
                continue
            asked = packet.CoAPacket(packet=raw, secret=self._secret, dict=Dictionary(io.StringIO(WORDS)))
            assert asked.VerifyCoARequest()
            self.names.add(asked["User-Name"][0])
            self.asked += 1
            if self.answers and asked["Acct-Session-Id"][0] not in self.discards:
                word = asked["Filter-Id"][0] if "Filter-Id" in asked else ""
                self.heard.append((asked.code, asked["Acct-Session-Id"][0], word))
                said = asked.CreateReply()
                if self.error_cause:
                    said.code, said["Error-Cause"] = packet.CoANAK, self.error_cause
                self._wire.sendto(said.ReplyPacket(), sender)


@pytest.fixture
def nas(radius):
    radius.change("DELETE FROM rk_silent")
    here = Nas(radius.nas, radius.nas_secret)
    yield here
    here.close()


@pytest.fixture
def customer(radius):
    client = caller(radius)
    yield client
    client._CloseSocket()


def caller(element):
    return Client(
        "127.0.0.1", authport=element.auth, acctport=element.acct, secret=element.nas_secret.encode(),
        dict=Dictionary(io.StringIO(WORDS)), retries=1, timeout=60,
    )  # fmt: skip


def ask_in(customer, name=LOGIN, **more):
    asked = customer.CreateAuthPacket(User_Name=name, **more)
    asked["User-Password"] = asked.PwCrypt(PASSWORD)
    return customer.SendPacket(asked)


def dial_in(customer, name=LOGIN, **more):
    said = ask_in(customer, name, **more)
    return said.code, said["Filter-Id"][0] if "Filter-Id" in said else ""


def tell(customer, session, name=LOGIN, what=STARTS, classes=(), **more):
    """Say something about a session, as a NAS does."""
    asked = customer.CreateAcctPacket(
        User_Name=name, Acct_Session_Id=session, Acct_Status_Type=what,
        **{"NAS_IP_Address": "127.0.0.1"} | more,
    )  # fmt: skip
    for one in classes:
        asked.AddAttribute("Class", one)
    customer.SendPacket(asked)


def test_a_barred_customer_comes_into_the_walled_garden_and_an_ended_one_is_refused(radius, customer):
    gateway = radius.gateway()
    found = []
    for sequence, kind in enumerate([RESTORE, BAR, RESTORE, END], start=1):
        gateway.push([order(ACCOUNT, kind, sequence)])
        found.append(dial_in(customer))

    assert found == [
        (packet.AccessAccept, ""),
        (packet.AccessAccept, "rollkeeper-floor"),
        (packet.AccessAccept, ""),
        (packet.AccessReject, ""),
    ]


@pytest.mark.parametrize(
    "name", [LOGIN, "0891-6331234", "868916331234", "00868916331234", ACCOUNT, "08916331234@net.example"]
)
def test_a_bar_reaches_a_customer_however_the_line_s_number_is_written(radius, customer, name):
    radius.gateway().push([order(ACCOUNT, BAR, 5)])

    assert dial_in(customer, name) == (packet.AccessAccept, "rollkeeper-floor")
    assert normalise(name.partition("@")[0], "CN") == ACCOUNT


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Household-7@Net.Example", {}), ("00-11-22-AA-BB-CC", {}),
        ("anonymous@net.example", {"Calling_Station_Id": "00-11-22-aa-bb-cc"}),
    ],
)  # fmt: skip
def test_a_bar_reaches_a_customer_whose_name_the_operator_said_is_the_line_s(radius, customer, name, more):
    number = "+868916330001"
    radius.change("DELETE FROM rk_account WHERE number = ?", [number])
    radius.gateway().push([order(number)])

    before = dial_in(customer, name, **more), radius.gateway().read_back([order(number).line_id])
    radius.change(
        "INSERT INTO rk_account VALUES (?, ?)",
        ["household-7@net.example", number],
        ["00-11-22-aa-bb-cc", number],
    )

    assert before == ((packet.AccessAccept, ""), [ReadBack.UNKNOWN])
    assert dial_in(customer, name, **more) == (packet.AccessAccept, "rollkeeper-floor")
    assert radius.gateway().read_back([order(number).line_id]) == [ReadBack.BARRED]


@pytest.mark.parametrize(
    "outer", ["anonymous@net.example", "8613900000001@net.example", "household-9@net.example"]
)
def test_a_name_inside_an_outer_one_is_the_customer_s(tunnel, outer):
    """Whatever number the outer name, or the device, is said to have."""
    customer = caller(tunnel)
    said = ask_in(customer, outer, Calling_Station_Id="00-11-22-aa-bb-99")
    customer._CloseSocket()

    assert said["Filter-Id"] == ["rollkeeper-floor"]


def test_a_session_belongs_to_the_name_that_was_authenticated(tunnel):
    customer, outer, line = caller(tunnel), "household-9@net.example", order(ACCOUNT).line_id
    classes = ask_in(customer, outer)["Class"]
    tell(customer, "s-inner", outer, classes=classes)
    customer._CloseSocket()
    here = Nas(tunnel.nas, tunnel.nas_secret)

    before = tunnel.gateway().read_back([line])
    tunnel.gateway().push([order(ACCOUNT, BAR, 2)])
    here.close()

    assert before == [ReadBack.BARRED]
    assert here.heard == [(packet.CoARequest, "s-inner", "rollkeeper-floor")]


@pytest.fixture
def tunnel(tmp_path):
    """A server that knows the inner name, of a barred number; the outer names and the device are another subscriber's."""
    wanted("freeradius", "freeradius")
    tunnels = RadiusProgram(tmp_path)
    server = tmp_path / "radiusd.conf"
    inner = f'post-auth {{\n        update session-state {{\n User-Name := "{LOGIN}"\n }}\n'
    server.write_text(server.read_text().replace("post-auth {\n", inner))
    tunnels.change(
        "INSERT INTO rk_account VALUES (?, '+868916339999')",
        ["household-9@net.example"],
        ["00-11-22-aa-bb-99"],
    )
    for element in running(tunnels):
        element.gateway().push([order(ACCOUNT)])
        yield element


def test_a_name_that_is_a_number_goes_before_the_device_it_came_from(radius, customer):
    number = "+868916330003"
    radius.change("INSERT INTO rk_account VALUES (?, ?)", ["00-11-22-aa-bb-03", number])
    radius.gateway().push([order(number)])

    assert dial_in(customer, "08916330004", Calling_Station_Id="00-11-22-aa-bb-03") == (
        packet.AccessAccept,
        "",
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("%{1}$x?<7>[a]{b}^@net.example", None), ("NET\\house7", "NET=5Chouse7"), ("o'house7", "o=27house7"),
        ("\\x27house", "=5Cx27house"),
    ],
)  # fmt: skip
def test_a_bar_reaches_a_name_of_whatever_characters(radius, customer, nas, name, written):
    number = "+868916330005"
    radius.change("DELETE FROM rk_account WHERE number = ?", [number])
    radius.change("INSERT INTO rk_account VALUES (?, ?)", [written or name, number])
    radius.gateway().push([order(number, RESTORE, int(time.time() * 1000))])
    tell(customer, "s-odd", name)

    radius.gateway().push([order(number, BAR, int(time.time() * 1000))])

    assert dial_in(customer, name) == (packet.AccessAccept, "rollkeeper-floor")
    assert nas.names == {name}
    tell(customer, "s-odd", name, STOPS)


@pytest.mark.parametrize("name", ["NET\\house8", "o'house8"])
def test_a_name_that_would_never_be_found_is_not_taken_into_the_table(radius, name):
    with pytest.raises(sqlite3.IntegrityError):
        radius.change("INSERT INTO rk_account VALUES (?, '+868916330006')", [name])


def test_nothing_is_proved_of_a_number_under_which_nobody_ever_came(radius, customer):
    number, gateway = "+868916330002", radius.gateway()
    line = order(number).line_id

    said = []
    for sequence, kind in enumerate((BAR, END, RESTORE, BAR), start=1):
        assert gateway.push([order(number, kind, sequence)]) == [Answer.ACCEPTED]
        said += gateway.read_back([line])
    tell(customer, "s0", "08916330002", classes=ask_in(customer, "08916330002")["Class"])
    tell(customer, "s0", "08916330002", STOPS)

    assert said == [ReadBack.UNKNOWN, ReadBack.UNKNOWN, ReadBack.OPEN, ReadBack.UNKNOWN]
    assert gateway.read_back([line]) == [ReadBack.BARRED]


def test_the_nas_that_holds_the_session_hears_of_it_at_once_and_of_every_session(radius, customer, nas):
    gateway = radius.gateway()
    tell(customer, "s1")
    tell(customer, "s2")

    answers = [gateway.push([order(ACCOUNT, kind, 10 + i)]) for i, kind in enumerate([BAR, RESTORE, END])]

    assert answers == [[Answer.ACCEPTED]] * 3
    assert nas.names == {LOGIN}
    assert sorted(nas.heard) == sorted(
        (code, session, word)
        for session in ("s1", "s2")
        for code, word in (
            (packet.CoARequest, "rollkeeper-floor"),
            (packet.CoARequest, "rollkeeper-open"),
            (packet.DisconnectRequest, ""),
        )
    )


def test_a_nas_that_is_silent_is_later_and_the_bar_is_not_believed_before_it_answers(radius, customer, nas):
    gateway, asked = radius.gateway(), order(ACCOUNT, BAR, 20)
    gateway.push([order(ACCOUNT, RESTORE, 19)])
    tell(customer, "s3")
    nas.answers = False

    silent = gateway.push([asked]), gateway.read_back([asked.line_id])
    nas.answers = True
    radius.change("DELETE FROM rk_silent")

    assert silent == ([Answer.RETRY], [ReadBack.UNKNOWN])
    assert gateway.push([asked]) == [Answer.ACCEPTED]
    assert gateway.read_back([asked.line_id]) == [ReadBack.BARRED]


def test_one_nas_that_is_silent_does_not_stop_what_others_hold(radius, customer, nas):
    names = [f"0891633010{number}" for number in range(4)]
    for name in names:
        tell(customer, f"s4-{name}", name)
    nas.answers = False
    asked = [order(f"+86{name[1:]}", BAR, 30) for name in names]

    said = radius.gateway(patience_s=0.6).push([*asked, order("+868916330199", BAR, 31)])

    assert said == [Answer.RETRY] * 4 + [Answer.ACCEPTED]


def test_a_silent_nas_is_not_waited_for_by_the_next_order(radius, customer, nas):
    names = [f"0891633020{number}" for number in range(4)]
    for name in names:
        tell(customer, f"s4-{name}", name)
    nas.answers = False
    asked = [order(f"+86{name[1:]}", BAR, 30) for name in names]

    first = radius.gateway(patience_s=4).push(asked[:2])
    heard = nas.asked
    fallback = radius.gateway(patience_s=30).push(asked[2:])

    assert (first, fallback) == ([Answer.RETRY] * 2, [Answer.RETRY] * 2)
    assert nas.asked == heard


def test_a_session_of_which_a_nas_says_nothing_keeps_no_other_of_that_nas_waiting(radius, customer, nas):
    names = [f"0891633021{number}" for number in range(3)]
    for name in names:
        tell(customer, f"s4-{name}", name)
    nas.discards = {f"s4-{names[0]}"}
    asked = [order(f"+86{name[1:]}", BAR, 30) for name in names]

    said = radius.gateway(patience_s=4).push(asked)
    again = radius.gateway(patience_s=4).push([asked[0], order(f"+86{names[1][1:]}", RESTORE, 31)])

    assert said == [Answer.RETRY, Answer.ACCEPTED, Answer.ACCEPTED]
    assert again == [Answer.RETRY, Answer.ACCEPTED]


@pytest.mark.parametrize(("kind", "answer"), [(BAR, Answer.RETRY), (RESTORE, Answer.ACCEPTED)])
def test_who_is_to_be_restored_does_not_wait_as_long_for_a_nas_that_was_silent(
    radius, customer, nas, kind, answer
):
    name, past = f"0891633023{int(kind is BAR)}", int(time.time()) - 8
    tell(customer, f"s4-{name}", name)
    radius.change("INSERT INTO rk_silent VALUES ('127.0.0.1', ?, ?)", ["a", past], ["b", past])

    assert radius.gateway(patience_s=8).push([order(f"+86{name[1:]}", kind, 5)]) == [answer]


def test_silent_nas_use_up_the_patience_of_a_call_once_and_every_order_is_tried(radius, monkeypatch):
    waits, wait_for = [], Radius.wait_for
    monkeypatch.setattr(Radius, "wait_for", lambda *a, **more: (waits.append(a[1]), wait_for(*a, **more)))
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as nobody:
        nobody.bind(("127.0.0.1", 0))
        gateway = radius.gateway(coa=f"127.0.0.1:{nobody.getsockname()[1]}", patience_s=0.5)

        said = gateway.push([order(number) for number in NUMBERS[40:44]])

    assert said == [Answer.RETRY] * 4
    assert waits == [0.5, 0.5, 0.5, 0.2, 0.2, 0.2]  # two to begin with, then an order each


@pytest.mark.parametrize("kinds", [(BAR, RESTORE), (RESTORE, BAR)])
def test_a_repeated_accounting_start_proves_no_unheard_order(radius, customer, nas, kinds):
    number, name = f"+86891633030{kinds.index(BAR)}", f"0891633030{kinds.index(BAR)}"
    gateway = radius.gateway()
    gateway.push([order(number, kinds[0], 6)])
    classes = ask_in(customer, name)["Class"]
    tell(customer, "s7", name, classes=classes)
    began = gateway.read_back([order(number).line_id])
    nas.answers = False

    gateway.push([order(number, kinds[1], 7)])
    tell(customer, "s7", name, classes=classes, Acct_Delay_Time=9)
    tell(customer, "s7", name, SPEAKS, classes=classes)
    notified_again = gateway.read_back([order(number).line_id])
    nas.answers = True
    radius.change("DELETE FROM rk_silent")
    gateway.push([order(number, kinds[1], 7)])
    tell(customer, "s7", name, classes=classes, Acct_Delay_Time=20)

    assert (began, notified_again) == ([kinds[0].proof], [ReadBack.UNKNOWN])
    assert gateway.read_back([order(number).line_id]) == [kinds[1].proof]


def test_a_session_authenticated_before_an_order_is_still_pending(radius, customer, nas):
    number, name, gateway = "+868916330401", "08916330401", radius.gateway()
    classes = [b"of another", *ask_in(customer, name)["Class"]]

    gateway.push([order(number)])
    tell(customer, "s8", name, classes=classes)
    before = gateway.read_back([order(number).line_id])
    gateway.push([order(number)])

    assert before == [ReadBack.UNKNOWN]
    assert nas.heard == [(packet.CoARequest, "s8", "rollkeeper-floor")]
    assert gateway.read_back([order(number).line_id]) == [ReadBack.BARRED]


def test_a_nas_that_does_not_say_who_it_is_is_found_where_it_speaks_from(radius, customer, nas):
    number, gateway = "+868916330402", radius.gateway()
    asked = customer.CreateAcctPacket(User_Name="08916330402", Acct_Session_Id="s9", Acct_Status_Type=STARTS)
    customer.SendPacket(asked)

    gateway.push([order(number)])

    assert nas.heard == [(packet.CoARequest, "s9", "rollkeeper-floor")]
    assert gateway.read_back([order(number).line_id]) == [ReadBack.BARRED]


def test_a_recently_reported_session_is_kept_when_the_nas_denies_it(radius, customer, nas):
    gateway, asked = radius.gateway(), order(ACCOUNT, BAR, 40)
    gateway.push([order(ACCOUNT, RESTORE, 39)])
    tell(customer, "s5")
    nas.error_cause = 503  # session context not found

    said = [gateway.push([asked])[0] for _ in range(2)], gateway.read_back([asked.line_id])
    radius.change("UPDATE rk_session SET seen = 0")
    afterwards = [gateway.push([asked])[0] for _ in range(6)]  # one session goes with each

    assert said == ([Answer.RETRY] * 2, [ReadBack.UNKNOWN])
    assert afterwards[-1] is Answer.ACCEPTED
    assert gateway.read_back([asked.line_id]) == [ReadBack.BARRED]


def test_a_nas_that_begins_again_holds_no_session(radius, customer, nas):
    gateway, asked = radius.gateway(), order(ACCOUNT, BAR, 50)
    tell(customer, "s6")
    radius.change("UPDATE rk_session SET seen = seen - 100")
    nas.answers = False

    begins = customer.CreateAcctPacket(NAS_IP_Address="127.0.0.1", Acct_Status_Type=7, Acct_Session_Id="0")
    customer.SendPacket(begins)

    assert gateway.push([asked]) == [Answer.ACCEPTED]
    assert gateway.read_back([asked.line_id]) == [ReadBack.BARRED]


def test_a_policy_that_refuses_the_barred_is_called_a_broken_floor(tmp_path):
    wanted("freeradius", "freeradius")
    careless = RadiusProgram(tmp_path)
    policy = tmp_path / "policy.conf"
    text, count = re.subn(r'Reply-Message := "rollkeeper: barred"\s*}', "}\nreject", policy.read_text())
    policy.write_text(text)
    assert count == 1
    careless.provision([ACCOUNT])
    for element in running(careless):
        element.gateway().push([order(ACCOUNT)])

        assert element.gateway().read_back([order(ACCOUNT).line_id]) == [ReadBack.FLOOR_MISSING]


@pytest.fixture
def whole_network(committed, hlr, kamailio, radius):
    """An instance whose lines are in all three elements."""
    for name in ("kamailio.token", "freeradius.secret"):
        (data_dir() / "secrets" / name).write_text(TOKEN)
        (data_dir() / "secrets" / name).chmod(0o600)
    write_settings(instance={"registration_number": "10085"}, provisioning={"kamailio": {"url": kamailio.url}, "hlr": {"ctrl": hlr.control, "vty": hlr.terminal}, "radius": {"coa": f"127.0.0.1:{radius.coa}", "auth": f"127.0.0.1:{radius.ask}"}, "by_service": {
            "mobile": ["osmo_hlr", "kamailio"], "data_card": ["osmo_hlr"], "fixed_line": ["kamailio"],
            "internet_access": ["freeradius"],
        }})  # fmt: skip
    yield
    write_settings(instance={"registration_number": None}, provisioning={"by_service": {}, "kamailio": {"url": None}, "hlr": {"ctrl": None, "vty": None}, "radius": {"coa": None, "auth": None}})  # fmt: skip


def suspended(service, number, *, days_ago=0):
    line = uuid.uuid4()
    (sealed,) = seal_line_values(LineField.NUMBER, [(line, number)])
    Line.objects.create(
        line_id=line, service=service, state="suspended", activated_on=ON, number_sealed=sealed
    )
    queue_command(line, kind=BAR, reason="registration", at=AT - dt.timedelta(days=days_ago))
    return line


def push():
    retry_commands()
    return push_due(worker_authority(), on=ON)


def states():
    return [row.state for row in database.rows("SELECT state FROM provisioning_command ORDER BY position")]


def test_a_command_waits_for_an_absent_element(whole_network, kamailio):
    lines = [suspended("mobile", NUMBERS[20]), suspended("fixed_line", "+8689111111111"),
             suspended("internet_access", NUMBERS[30]), suspended("domain", "invented.example")]  # fmt: skip
    kamailio.kill(signal.SIGKILL)

    push()
    away = states()
    kamailio.start()
    push()

    assert away == ["waiting", "waiting", "confirmed", "confirmed"]
    assert states() == ["confirmed"] * 4
    assert network_gateway().read_back(lines) == [ReadBack.BARRED] * 4


def test_what_somebody_else_changed_in_an_element_is_a_difference_the_oldest_first(
    whole_network, hlr, kamailio
):
    mobile = suspended("mobile", NUMBERS[21], days_ago=5)
    fixed = suspended("fixed_line", "+8689122222222", days_ago=9)
    agrees = suspended("internet_access", NUMBERS[31], days_ago=20)
    push()
    with Terminal(hlr.terminal, patience_s=30) as terminal:
        terminal.do(f"subscriber msisdn {NUMBERS[21][1:]} update network-access-mode cs+ps")
    kamailio.gateway().push([order("+8689122222222", RESTORE, 10**9, fixed)])

    found = reconcile().differences

    assert network_gateway().read_back([agrees]) == [ReadBack.BARRED]
    assert [(one.line_id, one.register_says, one.network_says) for one in found] == [
        (fixed, "barred", "open"),
        (mobile, "barred", "partly"),
    ]


def test_an_undone_batch_leaves_every_line_with_the_features_it_had(whole_network, hlr, let_batches_run):
    numbers = {NUMBERS[22]: "cs+ps", NUMBERS[23]: "cs", NUMBERS[24]: "ps"}
    for number, mode in numbers.items():
        set_switches(hlr, number, mode)
    lines = notified_lines(list(numbers))
    before = [switches(hlr, number) for number in numbers]

    night(CUT, employ_approvers())
    push()
    barred = network_gateway().read_back(lines)
    (batch,) = database.rows("SELECT batch_id FROM campaign_batch")
    undo_batch(console_authority(), BatchId(batch.batch_id), on=CUT)
    push()

    assert barred == [ReadBack.BARRED] * 3
    assert network_gateway().read_back(lines) == [ReadBack.OPEN] * 3
    assert [switches(hlr, number) for number in numbers] == before
    assert states() == ["confirmed"] * 6


@pytest.fixture
def let_batches_run(data_dir):
    """Let a batch run through at once."""
    before = campaign_settings().pilot_share, campaign_settings().pilot_hours
    write_settings(campaign={"pilot_share": 1.0, "pilot_hours": 0})
    yield
    write_settings(campaign={"pilot_share": before[0], "pilot_hours": before[1]})


def notified_lines(numbers):
    """Lines of a campaign whose subscribers were notified at its beginning."""
    lines = [make_line() for _ in numbers]
    for line, sealed in zip(
        lines, seal_line_values(LineField.NUMBER, list(zip(lines, numbers, strict=True))), strict=True
    ):
        Line.objects.filter(line_id=line).update(number_sealed=sealed)
    plan(dt.date(2011, 12, 19))
    for line in lines:
        tell_subscriber(line, dt.date(2011, 12, 20))
    return lines


def test_a_line_that_one_element_will_not_bar_is_not_barred_in_the_next(register):
    refuses, next_one = Element(), Element()
    refuses.answer = lambda _: Answer.REFUSED
    asked = [order(NUMBERS[0], BAR), order(NUMBERS[1], RESTORE)]
    both = {"mobile": ["osmo_hlr", "kamailio"]}
    gateway = ServiceRouter(
        {"osmo_hlr": refuses, "kamailio": next_one}, by_service=both, fallback=None,
        services=lambda lines: dict.fromkeys(lines, "mobile"),
    )  # fmt: skip

    assert gateway.push(asked) == [Answer.REFUSED] * 2
    assert [one.kind for one in next_one.heard] == [RESTORE]


def test_a_restore_that_one_element_refuses_is_tried_again_at_one_that_was_away(register):
    away, refuses = Element(), Element()
    away.answer, refuses.answer = (lambda _: Answer.RETRY), (lambda _: Answer.REFUSED)
    gateway = ServiceRouter(
        {"osmo_hlr": refuses, "kamailio": away}, by_service={"mobile": ["osmo_hlr", "kamailio"]}, fallback=None,
        services=lambda lines: dict.fromkeys(lines, "mobile"),
    )  # fmt: skip

    assert gateway.push([order(NUMBERS[0], RESTORE)]) == [Answer.RETRY]


def test_an_element_that_needs_no_number_is_given_none(register):
    knows, blind = Element(), Element()
    knows.needs_number = True
    asked = [order(NUMBERS[0]), order(NUMBERS[1])]
    gateway = ServiceRouter(
        {"kamailio": knows}, by_service={"fixed_line": ["kamailio"]}, fallback=blind,
        services=lambda _: {asked[0].line_id: "fixed_line"},
    )  # fmt: skip

    gateway.push(asked)

    assert [one.number is None for one in (*knows.heard, *blind.heard)] == [False, True]


def test_every_kind_of_service_can_be_named_in_the_settings():
    from rollkeeper.provisioning.settings import known_service

    assert [known_service(one) for one in Service.values] == Service.values
    with pytest.raises(ValueError, match="hosted_site"):
        known_service("telegraph")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[provisioning.by_service]\nmobile = ["osmo_hlr", "kamailio"]', "'kamailio.url' is not set"),
        ('[provisioning.by_service]\nmobile = ["osmo_hlr"]', "mobile needs osmo_hlr"),
        ('[provisioning.by_service]\ninternet_access = ["kamailio"]', "kamailio cannot serve internet_access"),
        ('[provisioning.by_service]\ntelegraph = ["kamailio"]', "telegraph"),
        ("[provisioning.by_service]\nmobile = []", "entries: 1 at least"),
        ('[provisioning.by_service]\nfixed_line = ["kamailio", "kamailio"]', "once"),
        ('[provisioning.hlr]\nctrl = "here"', "host:port"),
        ('[provisioning.kamailio]\nurl = "http://far.example/"', "https"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_together_are_named(data_dir, text, says):
    file = settings_file()
    former = file.read_text()
    try:
        file.write_text(f"{former}\n{text}\n")
        forget_settings()
        with refusing(SETTING_FAULT, Faults, match=says):
            check_settings()
    finally:
        file.write_text(former)
        forget_settings()


def test_a_production_instance_in_which_nothing_serves_a_service_says_which(data_dir):
    file = settings_file()
    former = file.read_text()
    try:
        file.write_text(
            '[instance]\nkind = "production"\n[provisioning.kamailio]\nurl = "http://127.0.0.1:8060/rollkeeper"\n'
            '[provisioning.by_service]\nfixed_line = ["kamailio"]\n'
        )
        forget_settings()
        with refusing(SETTING_FAULT, Faults, match="nothing serves address_block, data_card"):
            check_settings()
    finally:
        file.write_text(former)
        forget_settings()


@pytest.mark.parametrize("state", ["missing", "empty", "open to others"])
def test_a_secret_that_is_missing_empty_or_open_to_others_is_refused(data_dir, state):
    file = data_dir / "secrets" / "kamailio.token"
    file.unlink(missing_ok=True)
    if state != "missing":
        file.write_text("" if state == "empty" else TOKEN)
        file.chmod(0o600 if state == "empty" else 0o644)
    write_settings(
        provisioning={"kamailio": {"url": "http://127.0.0.1:9/"}, "by_service": {"fixed_line": ["kamailio"]}}
    )

    try:
        with refusing(ELEMENT_SECRET_MISSING):
            network_gateway()
    finally:
        file.unlink(missing_ok=True)
        write_settings(provisioning={"kamailio": {"url": None}, "by_service": {}})
