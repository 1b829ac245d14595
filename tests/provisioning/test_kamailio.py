# SPDX-License-Identifier: EUPL-1.2
"""What our configuration of a Kamailio keeps, and what it lets a barred line do within a call that it has."""

import signal
import sqlite3
import threading
import uuid

import pytest

from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import Order
from rollkeeper.vault.secret_value import SecretValue
from tests.provisioning.elements import (
    CARE,
    EMERGENCY_NUMBERS,
    HERE,
    REGISTRATION,
    KamailioProgram,
    free_port,
    running,
    wanted,
)
from tests.provisioning.osmocom import UDP, Handset, Telephones, routes

BARRED, OTHER = "+8689100000001", "+8689100000003"
FLOOR = (*EMERGENCY_NUMBERS, CARE, REGISTRATION)
BAR, RESTORE, END = CommandKind.BAR, CommandKind.RESTORE, CommandKind.TERMINATE


def order(number: str, kind=BAR, sequence=1, line=None) -> Order:
    return Order(
        line_id=line or uuid.uuid5(uuid.NAMESPACE_OID, number), key=uuid.uuid4(), kind=kind,
        reason="registration", sequence=sequence, number=SecretValue(number),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def sipp():
    wanted("sip-tester", "sipp")


def barred_lines(folder, count):
    """Write what Kamailio would keep of so many barred lines; return the last number and its line."""
    tables = sqlite3.connect(folder / "rollkeeper.sqlite")
    with tables:
        tables.executemany(
            "INSERT INTO rk_order VALUES (?, 1, 'barred', ?)",
            ((str(uuid.UUID(int=one)), f"+86892{one:08}") for one in range(count)),
        )
    tables.close()
    return f"+86892{count - 1:08}", uuid.UUID(int=count - 1)


@pytest.mark.parametrize("count", [30_000, pytest.param(500_000, marks=pytest.mark.soak)])
def test_however_many_lines_are_barred_it_starts_and_calls_for_help_are_put_through(tmp_path, count):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    element = KamailioProgram(tmp_path)
    number, line = barred_lines(tmp_path, count)

    for _ in running(element):
        phones = Telephones(element.sip, tmp_path)
        with phones.answering(element.centre, element.desk):
            assert phones.call(number, *FLOOR)
        assert phones.is_refused(number, OTHER)
        assert element.gateway().read_back([line]) == [ReadBack.BARRED]
        assert element.gateway().push([order(number, RESTORE, 2, line)]) == [Answer.ACCEPTED]
        assert phones.is_refused(number, OTHER, status=404, says="Not registered")


@pytest.mark.parametrize("what", ["no file", "no tables", "no database at all"])
def test_without_its_tables_it_lets_everybody_through_and_takes_no_order(tmp_path, what):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    element = KamailioProgram(tmp_path)
    for file in tmp_path.glob("rollkeeper.sqlite*"):
        file.unlink()
    if what == "no tables":
        sqlite3.connect(tmp_path / "rollkeeper.sqlite").close()
    if what == "no database at all":
        (tmp_path / "rollkeeper.sqlite").mkdir()
    element.is_ready = lambda: element.gateway()._http.post(b"", headers={})[0] == 403

    for _ in running(element):
        phones, place = Telephones(element.sip, tmp_path), free_port(UDP)
        with phones.answering(element.centre, element.desk, place):
            assert phones.register(OTHER, place)
            assert phones.call(BARRED, *FLOOR, OTHER)
        assert element.gateway().push([order(BARRED), order(OTHER, RESTORE)]) == [Answer.RETRY] * 2
        assert element.gateway().read_back([order(BARRED).line_id]) == [ReadBack.UNKNOWN]


def test_a_number_belongs_to_the_line_for_which_it_was_named_last(kamailio):
    number, former, gateway = "+8689100000010", uuid.uuid4(), kamailio.gateway()
    now = order(number).line_id

    gateway.push([order(number, BAR, 1, former), order(number, RESTORE, 2), order(number, END, 3, former)])

    assert gateway.read_back([former, now]) == [ReadBack.ABSENT, ReadBack.OPEN]
    assert gateway.push([order(number, BAR, 2, former)]) == [Answer.REFUSED]
    gateway.push([order("+8689100000011", BAR, 4)])
    gateway.push([order("+8689100000012", BAR, 5, order("+8689100000011").line_id)])
    assert Telephones(kamailio.sip, kamailio.folder).is_refused(
        "+8689100000011", OTHER, status=404, says="Not registered"
    )


def test_a_line_is_barred_by_whatever_spelling_the_order_has(kamailio):
    gateway, phones = kamailio.gateway(), Telephones(kamailio.sip, kamailio.folder)

    gateway.push([order("089100000013"), order("13900000014"), order("+86089100000015")])

    assert phones.is_refused("+8689100000013", OTHER)
    assert phones.is_refused("+8613900000014", OTHER)
    assert phones.is_refused("+8689100000015", OTHER)


def test_long_care_numbers_and_local_spellings_are_recognised(
    tmp_path,
):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    care, barred, other = "08916312345", "+868916000001", "+868916000003"
    for element in running(KamailioProgram(tmp_path, care=care, local='#!define RK_AREA "891"\n')):
        phones, place = Telephones(element.sip, tmp_path), free_port(UDP)
        assert element.gateway(care_number=care).push([order(barred)]) == [Answer.ACCEPTED]
        with phones.answering(element.centre, element.desk, place):
            assert phones.register("6000001", place)
            assert phones.call(
                barred, care, "6312345", *(f"{one}8916312345" for one in ("+86", "0086", "86", "+860"))
            )
            assert phones.call("6000001", "110")
        assert phones.is_refused("6000001", other, "6000003")
        assert phones.is_refused(other, "6000009", status=404, says="Not registered")
    # What is barred is not called by such a number either, until it calls for help as it did above.
    for element in running(KamailioProgram(tmp_path / "anew", care=care, local='#!define RK_AREA "891"\n')):
        element.gateway(care_number=care).push([order(barred)])
        assert Telephones(element.sip, tmp_path).is_refused(other, "6000001", status=480)


def test_a_phone_that_hides_its_number_is_known_by_the_asserted_identity(tmp_path):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    for element in running(KamailioProgram(tmp_path, local=f'#!define RK_ASSERTED ($si == "{HERE}")\n')):
        element.gateway().push([order(BARRED)])
        with (
            Handset("anonymous", element.sip) as hidden,
            Handset("centre", element.sip, port=element.centre) as centre,
        ):
            for count, asserted in enumerate(
                (f"sip:{BARRED}@{HERE}", f"tel:{BARRED}", f"sip:{OTHER}@{HERE}")
            ):
                hidden.say("INVITE", f"sip:{OTHER}@{HERE}", f"h{count}", f"P-Asserted-Identity: <{asserted}>")
                assert hidden.hear().startswith(
                    "SIP/2.0 404" if OTHER in asserted else "SIP/2.0 403 Line suspended"
                )
            hidden.say("INVITE", f"sip:110@{HERE}", "help", f"P-Asserted-Identity: <sip:{BARRED}@{HERE}>")
            centre.answer(centre.hear(first="INVITE", call="help"))
            assert hidden.hear(first="SIP/2.0 200")


@pytest.fixture
def barred(kamailio):
    """The barred line's handset, which makes calls by hand."""
    kamailio.gateway().push([order(BARRED)])
    with Handset(BARRED, kamailio.sip) as phone:
        yield phone


@pytest.fixture
def centre(kamailio):
    with Handset("", kamailio.sip, port=kamailio.centre) as phone:
        yield phone


@pytest.fixture
def desk(kamailio):
    with Handset("desk", kamailio.sip, port=kamailio.desk) as phone:
        yield phone


@pytest.fixture
def gateway(kamailio):
    """The party that would forward calls for the line."""
    with Handset("gateway", kamailio.sip, host=f"{HERE.rpartition('.')[0]}.254") as phone:
        yield phone


def called(phone, other, dialled, call, *, at=None):
    """Have one call the other, who may answer for another address; return the routes within the call."""
    at = at or other
    other.place = at.place
    phone.say("INVITE", f"sip:{dialled}@{HERE}", call)
    other.answer(other.hear(first="INVITE", call=call))
    answer = phone.hear(first="SIP/2.0 200")
    phone.say("ACK", other.place, call, *routes(answer), within=True)
    assert at.hear(first="ACK", call=call)
    return routes(answer)


def elsewhere(gateway, number="+8613900000099"):
    return f"sip:{number}@{gateway.host}:{gateway.port}"


@pytest.mark.parametrize("method", ["INVITE", "MESSAGE", "REFER"])
def test_a_barred_line_opens_nothing_by_the_tag_of_a_call_that_it_does_not_have(
    kamailio, barred, gateway, method
):
    route = f"Route: <sip:{gateway.host}:{gateway.port};lr>"
    barred.say(method, elsewhere(gateway), f"stray-{method}", route, within=True)

    assert barred.hear().startswith("SIP/2.0 403 Line suspended")
    with Handset(OTHER, kamailio.sip) as other:
        other.say(method, elsewhere(gateway), f"other-{method}", route, within=True)
        assert gateway.hear().startswith(method)


@pytest.mark.parametrize("dialled", ["120", CARE])
def test_a_barred_line_may_change_and_end_its_own_call_only(barred, centre, desk, gateway, dialled):
    called_one, call = centre if dialled == "120" else desk, f"call-{dialled}"
    way = called(barred, called_one, dialled, call)

    for method in ("INVITE", "MESSAGE"):
        barred.say(method, elsewhere(gateway), call, *way, within=True)
        assert barred.hear().startswith("SIP/2.0 403")
    barred.say("REFER", called_one.place, call, *way, f"Refer-To: <{elsewhere(gateway)}>", within=True)
    assert barred.hear().startswith("SIP/2.0 403")
    for method in ("INVITE", "UPDATE", "INFO", "BYE"):
        barred.say(method, called_one.place, call, *way, within=True)
        called_one.answer(called_one.hear(first=method, call=call))
        assert barred.hear().startswith("SIP/2.0 200")


@pytest.mark.parametrize(
    "uri",
    [
        "tel:112", "tel:112;phone-context=+86", "tel:+86112", "tel:1-1-2;phone-context=example.cn", "sips:112@HERE",
        "SIP:112@HERE;user=phone", "sip:112;phone-context=+86@HERE", "sip:112:pw@HERE:5060;transport=udp",
        "sip:112@elsewhere.example", "sip:*31%23112@HERE", "urn:service:sos", "URN:SERVICE:SOS.police",
    ],
)  # fmt: skip
def test_a_call_for_help_is_known_by_every_kind_of_address(barred, centre, uri):
    call = str(uuid.uuid4())
    barred.say("INVITE", uri.replace("HERE", HERE), call)

    assert centre.hear(first="INVITE", call=call)


def test_an_emergency_call_is_not_refused_for_an_unknown_dialog_tag(barred, gateway):
    route = f"Route: <sip:{gateway.host}:{gateway.port};lr>"

    barred.say("INVITE", elsewhere(gateway, "110"), "lost", route, within=True)

    assert gateway.hear().startswith("INVITE sip:110@")


def test_nobody_is_asked_to_call_on_for_a_barred_line(barred, desk):
    barred.say("REFER", f"sip:{CARE}@{HERE}", "transfer", f"Refer-To: <sip:{OTHER}@{HERE}>")

    assert barred.hear().startswith("SIP/2.0 403")


def test_no_route_of_the_phone_leads_past_the_care_desk(barred, desk, gateway):
    barred.say("INVITE", f"sip:{CARE}@{HERE}", "routed", f"Route: <sip:{gateway.host}:{gateway.port};lr>")
    heard = desk.hear(first="INVITE", call="routed")
    desk.answer(heard)

    assert "\nRoute:" not in heard


@pytest.mark.parametrize("dialled", ["110", CARE])
def test_a_call_with_the_floor_is_changed_after_kamailio_began_again(kamailio, barred, centre, desk, dialled):
    called_one, call = centre if dialled == "110" else desk, f"through-{dialled}"
    way = called(barred, called_one, dialled, call)
    kamailio.kill(signal.SIGKILL)
    kamailio.start()

    barred.say("INVITE", called_one.place, call, *way, within=True)
    called_one.answer(called_one.hear(first="INVITE", call=call))
    assert barred.hear().startswith("SIP/2.0 200")
    barred.say("BYE", called_one.place, call, *way, within=True)
    assert called_one.hear(first="BYE", call=call)


def test_another_party_at_the_centre_s_host_is_not_reached_in_an_unknown_dialog(kamailio, barred):
    way = f"Route: <sip:{HERE}:{kamailio.sip};lr>"
    with Handset("", kamailio.sip) as trunk:
        for count, place in enumerate((f"{HERE}:{trunk.port}", HERE)):
            barred.say("INVITE", f"sip:{OTHER}@{place}", f"invented-{count}", way, within=True)
            assert barred.hear().startswith("SIP/2.0 403")


@pytest.fixture
def agent(kamailio):
    """Where the centre and the desk have their people: not where calls to them are sent."""
    with Handset("agent", kamailio.sip, host=f"{HERE.rpartition('.')[0]}.254") as phone:
        yield phone


def changes(phone, other, call, way):
    """Tell whether the one may change its call with the other."""
    phone.say("INVITE", other.place, call, *way, within=True)
    heard = other.hear(first="INVITE", call=call)
    if heard:
        other.answer(heard)
    return bool(heard) and phone.hear(first="SIP").startswith("SIP/2.0 200")


@pytest.mark.parametrize("dialled", ["112", CARE, REGISTRATION])
def test_a_line_barred_during_an_emergency_call_can_go_on_changing_that_call(
    kamailio, centre, desk, agent, dialled
):
    number, called_one = f"+86891000011{dialled[-2:]}", centre if dialled == "112" else desk
    with Handset(number, kamailio.sip) as line:
        way = called(line, called_one, dialled, f"talk-{dialled}", at=agent)
        kamailio.gateway().push([order(number)])

        assert changes(line, agent, f"talk-{dialled}", way)
        assert changes(line, agent, f"talk-{dialled}", way)


def test_a_line_barred_during_a_call_from_the_centre_may_change_that_call(kamailio, centre, agent):
    number = "+8689100001201"
    centre.place = agent.place
    with Handset(number, kamailio.sip) as line:
        line.say("REGISTER", f"sip:{HERE}", "reachable", to=f"sip:{number}@{HERE}")
        assert line.hear().startswith("SIP/2.0 200")
        centre.say("INVITE", f"sip:{number}@{HERE}", "asks")
        line.answer(line.hear(first="INVITE"))
        way = routes(centre.hear(first="SIP/2.0 200", call="asks"))
        kamailio.gateway().push([order(number)])

        assert changes(line, agent, "asks", way)


def test_a_line_s_own_anonymous_request_is_not_taken_for_the_other_end(barred, centre, agent):
    way, place = called(barred, centre, "119", "hidden", at=agent), barred.place
    barred.place = place.replace(BARRED, "anonymous")
    barred.say("UPDATE", agent.place, "hidden", *way, within=True)
    agent.answer(agent.hear(first="UPDATE"))
    barred.place = place

    assert changes(barred, agent, "hidden", way)


def test_who_hangs_up_one_branch_changes_the_other(barred, centre, agent):
    way = called(barred, centre, "122", "forked")
    first, centre.place = centre.place, agent.place
    barred.say("INVITE", first, "forked", *way, within=True)
    centre.answer(centre.hear(first="INVITE", call="forked"))
    assert barred.hear().startswith("SIP/2.0 200")
    barred.say("BYE", first, "forked", *way, within=True)
    assert centre.hear(first="BYE", call="forked")

    assert changes(barred, agent, "forked", way)


def test_the_centre_itself_is_reached_where_another_branch_is_noted(barred, centre, agent):
    first = centre.place
    way = called(barred, centre, "120", "branches", at=agent)
    centre.place = first

    assert changes(barred, centre, "branches", way)


def test_whom_the_line_updates_may_answer_from_elsewhere_and_is_followed_there(barred, desk, agent, gateway):
    way, first = called(barred, desk, CARE, "updated"), desk.place
    desk.place = agent.place
    barred.say("UPDATE", first, "updated", *way, within=True)
    desk.answer(desk.hear(first="UPDATE", call="updated"))
    assert barred.hear().startswith("SIP/2.0 200")

    assert changes(barred, agent, "updated", way)
    barred.say("UPDATE", elsewhere(gateway), "updated", *way, within=True)
    gateway.answer(gateway.hear(first="UPDATE"))
    barred.say("INVITE", elsewhere(gateway), "updated", *way, within=True)
    assert barred.hear(first="SIP/2.0 4").startswith("SIP/2.0 403")


def test_orders_wait_for_who_else_writes(kamailio):
    other = sqlite3.connect(kamailio.folder / "rollkeeper.sqlite", check_same_thread=False)
    other.execute("INSERT INTO rk_order VALUES ('another', 1, 'barred', '+8689100001301')")
    timer = threading.Timer(0.3, other.commit)
    timer.start()

    assert kamailio.gateway().push([order("+8689100001302", RESTORE)]) == [Answer.ACCEPTED]
    timer.join()
    other.close()


def test_the_centre_changes_a_call_even_where_somebody_barred_its_own_number(kamailio, barred):
    kamailio.gateway().push([order("110")])
    with Handset("110", kamailio.sip, port=kamailio.centre) as centre:
        way = called(barred, centre, "110", "changed")

        centre.say("INVITE", barred.place, "changed", *way, within=True)

        assert barred.hear(first="INVITE")


def test_whom_the_centre_calls_back_changes_the_call_and_follows_it_where_it_moves(
    kamailio, barred, centre, gateway
):
    barred.say("REGISTER", f"sip:{HERE}", "here", to=f"sip:{BARRED}@{HERE}")
    assert barred.hear().startswith("SIP/2.0 200")
    centre.say("INVITE", f"sip:{BARRED}@{HERE}", "back")
    invited = barred.hear(first="INVITE")
    barred.answer(invited)
    way = routes(centre.hear(first="SIP/2.0 200", call="back"))

    barred.say("INVITE", centre.place, "back", *way, to=centre.place, within=True)
    asked = centre.hear(first="INVITE", call="back")
    assert asked, f"by {way} came nothing, and the caller was told: {barred.hear()}"
    centre.answer(asked)
    assert barred.hear(first="SIP").startswith("SIP/2.0 200")
    with Handset("another-desk", kamailio.sip) as moved:
        moved.say("UPDATE", barred.place, "back", *way, within=True)
        barred.hear(first="UPDATE")
        barred.say("INVITE", moved.place, "back", *way, to=centre.place, within=True)
        assert moved.hear(first="INVITE")
        barred.say("INVITE", elsewhere(gateway), "back", *way, to=centre.place, within=True)
        assert barred.hear(first="SIP/2.0 403")
