"""The contract of every gateway to the network. A new one is added to `CONTRACT` and passes the same tests."""

import json
import uuid
from dataclasses import replace

import pytest

from rollkeeper.kernel.choices import BarLevel, Bars
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import Order
from rollkeeper.provisioning.gateways.element_routing import ServiceRouter
from rollkeeper.provisioning.gateways.file import FileGateway
from rollkeeper.provisioning.gateways.webhook import Webhook
from rollkeeper.vault.secret_value import SecretValue
from tests.provisioning.elements import NUMBERS
from tests.provisioning.fakes import Element, HttpElement

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CONTRACT = ["demo", "webhook", "fake", "osmo_hlr", "kamailio", "freeradius", "by_service"]
given: dict[uuid.UUID, str] = {}


def order(kind=CommandKind.BAR, line=None, sequence=1, **more):
    """An order about a line; each line has a different number."""
    line = line or uuid.uuid4()
    number = given.setdefault(line, NUMBERS[len(given) % len(NUMBERS)])
    return Order(
        line_id=line,
        key=uuid.uuid4(),
        kind=kind,
        reason="registration",
        sequence=sequence,
        **{"number": SecretValue(number)} | more,
    )


@pytest.fixture
def element():
    running = HttpElement(SECRET)
    yield running
    running.close()


@pytest.fixture
def webhook(element):
    return Webhook(element.url, secret=SECRET, with_number=True, care_number="10086", patience_s=0.5)


@pytest.fixture
def gateway(request, tmp_path):
    match request.param:
        case "demo":
            return FileGateway(tmp_path / "network" / "journal.jsonl")
        case "webhook":
            return request.getfixturevalue("webhook")
        case "fake":
            return Element()
        case "osmo_hlr":
            return request.getfixturevalue("hlr").gateway()
        case "kamailio":
            return request.getfixturevalue("kamailio").gateway()
        case "freeradius":
            return request.getfixturevalue("radius").gateway()
        case "by_service":
            elements = {name: Element() for name in ("osmo_hlr", "kamailio")}
            served = {"mobile": ["osmo_hlr", "kamailio"]}
            return ServiceRouter(
                elements,
                by_service=served,
                fallback=Element(),
                services=lambda lines: {line: "mobile" for line in lines if line.int % 2},
            )


every_gateway = pytest.mark.parametrize("gateway", CONTRACT, indirect=True)


@every_gateway
@pytest.mark.parametrize("kind", CommandKind)
def test_what_was_taken_can_be_read_back(gateway, kind):
    asked = order(kind)

    assert gateway.push([asked]) == [Answer.ACCEPTED]
    assert gateway.read_back([asked.line_id]) == [kind.proof]


@every_gateway
@pytest.mark.parametrize("level", BarLevel)
def test_each_level_is_read_back_as_it_was_ordered(gateway, level):
    one = order(bars=level.bars)

    assert gateway.push([one]) == [Answer.ACCEPTED]
    assert gateway.read_back([one.line_id], bars={one.line_id: level.bars}) == [ReadBack.BARRED]
    gateway.push([replace(one, kind=CommandKind.RESTORE, sequence=2)])
    assert gateway.read_back([one.line_id]) == [ReadBack.OPEN]


@pytest.mark.parametrize("gateway", ["demo", "webhook"], indirect=True)
@pytest.mark.parametrize("level", BarLevel)
def test_an_element_that_switches_everything_takes_no_level_for_another(gateway, level):
    one = order(bars=level.bars)
    gateway.push([one])

    said = {
        gateway.read_back([one.line_id], bars={one.line_id: other.bars})[0]
        for other in BarLevel
        if other is not level
    }

    assert said <= {ReadBack.EXCESS, ReadBack.PARTLY}


def test_a_receiver_that_knows_no_levels_takes_more_than_the_law_and_is_found_out(webhook, element):
    element.knows_levels = False
    one = order(bars=Bars.OUTGOING)
    webhook.push([one])

    assert webhook.read_back([one.line_id], bars={one.line_id: Bars.OUTGOING}) == [ReadBack.EXCESS]
    assert webhook.read_back([one.line_id]) == [ReadBack.BARRED]


@every_gateway
def test_answers_come_in_the_order_of_the_questions(gateway):
    asked = [order(kind) for kind in CommandKind for _ in range(5)]

    gateway.push(asked)

    assert gateway.read_back([one.line_id for one in asked]) == [one.kind.proof for one in asked]
    assert gateway.read_back([one.line_id for one in reversed(asked)]) == [
        one.kind.proof for one in reversed(asked)
    ]


@every_gateway
def test_an_order_twice_is_an_order_once(gateway):
    asked = order()

    assert gateway.push([asked]) == gateway.push([asked]) == [Answer.ACCEPTED]
    assert gateway.read_back([asked.line_id]) == [ReadBack.BARRED]


@every_gateway
def test_an_older_order_does_not_undo_a_newer_one(gateway):
    newer = order(CommandKind.RESTORE, sequence=2)
    gateway.push([newer])

    assert gateway.push([order(CommandKind.BAR, line=newer.line_id, sequence=1)]) == [Answer.REFUSED]
    assert gateway.read_back([newer.line_id]) == [ReadBack.OPEN]


@every_gateway
def test_nothing_asked_is_nothing_answered(gateway):
    assert gateway.push([]) == []


def test_the_demo_network_remembers_after_its_process_is_gone(tmp_path):
    asked = order()
    FileGateway(tmp_path / "journal.jsonl").push([asked])

    assert FileGateway(tmp_path / "journal.jsonl").read_back([asked.line_id]) == [ReadBack.BARRED]


def test_two_processes_on_one_demo_network_see_each_other(tmp_path):
    one, other = (FileGateway(tmp_path / "journal.jsonl") for _ in range(2))
    asked = order()
    one.read_back([asked.line_id])

    other.push([asked])

    assert one.read_back([asked.line_id]) == [ReadBack.BARRED]
    assert one.push([order(CommandKind.RESTORE, line=asked.line_id, sequence=2)]) == [Answer.ACCEPTED]
    assert other.read_back([asked.line_id]) == [ReadBack.OPEN]


@pytest.mark.parametrize("torn", [b"{", b'{"line": "x", "key"', b"\x00"])
def test_a_half_written_last_line_is_forgotten(tmp_path, torn):
    journal, kept, later = tmp_path / "journal.jsonl", order(), order()
    FileGateway(journal).push([kept])
    with journal.open("ab") as file:
        file.write(torn)

    after = FileGateway(journal)

    assert after.read_back([kept.line_id]) == [ReadBack.BARRED]
    assert after.push([later]) == [Answer.ACCEPTED]
    assert FileGateway(journal).read_back([kept.line_id, later.line_id]) == [
        ReadBack.BARRED,
        ReadBack.BARRED,
    ]


def test_the_demo_network_keeps_no_number(tmp_path):
    FileGateway(tmp_path / "journal.jsonl").push([order(number=SecretValue("+8613900001234"))])

    assert b"1390000" not in (tmp_path / "journal.jsonl").read_bytes()


def test_a_bar_whose_floor_was_taken_out_of_the_file_is_called_so(tmp_path):
    journal, asked = tmp_path / "journal.jsonl", order()
    FileGateway(journal).push([asked])
    journal.write_bytes(journal.read_bytes().replace(b'"emergency", ', b""))

    assert FileGateway(journal).read_back([asked.line_id]) == [ReadBack.FLOOR_MISSING]


def test_a_demo_network_with_faults_takes_every_order_and_fails_on_that_share(tmp_path):
    asked = [order() for _ in range(400)]
    network = FileGateway(tmp_path / "journal.jsonl", fault_share=0.25)

    answers = network.push(asked)

    assert set(answers) == {Answer.ACCEPTED}
    assert 60 < network.read_back([one.line_id for one in asked]).count(ReadBack.OPEN) < 140


def test_every_order_carries_the_whole_floor_and_no_field_could_shorten_it(webhook, element):
    webhook.push([order(kind) for kind in CommandKind])

    assert {tuple(json.loads(body)["data"]["allow"]) for body in element.bodies} == {
        ("emergency", "care", "registration")
    }
    assert not [name for name in Order.__dataclass_fields__ if "allow" in name]


def test_an_order_is_posted_under_its_own_key_with_number_and_care_number(webhook, element):
    asked = order(number=SecretValue("+8613900001234"))

    webhook.push([asked])

    data = json.loads(element.bodies[0])["data"]
    assert element.headers[0]["webhook-id"] == str(asked.key)
    assert (data["number"], data["care_number"], data["sequence"]) == ("+8613900001234", "10086", 1)
    assert "1390000" not in repr(asked)


def test_a_receiver_with_another_secret_refuses_and_the_order_is_kept_for_later(element):
    stranger = Webhook(element.url, secret="whsec_AAAA", with_number=False, care_number="10086")

    assert stranger.push([order()]) == [Answer.RETRY]
    assert element.refused
    assert not element.states


def test_a_recorded_request_played_again_is_refused_by_the_receiver(webhook, element):
    webhook.push([order()])

    status, _ = element.answer_to(element.headers[0], element.bodies[0])

    assert status == 401


@pytest.mark.parametrize(
    ("status", "answer"),
    [(500, Answer.RETRY), (503, Answer.RETRY), (429, Answer.RETRY), (401, Answer.RETRY), (404, Answer.RETRY),
     (302, Answer.RETRY), (400, Answer.REFUSED), (409, Answer.REFUSED), (422, Answer.REFUSED)],
)  # fmt: skip
def test_a_status_says_later_or_never(webhook, element, status, answer):
    element.status = status

    assert webhook.push([order()]) == [answer]


def test_a_redirect_is_not_followed(webhook, element):
    element.status = 302

    webhook.push([order()])

    assert len(element.bodies) == 1


def test_a_receiver_that_never_answers_is_asked_again_later(webhook, element):
    element.delay_s = 1.5
    asked = order()

    assert webhook.push([asked]) == [Answer.RETRY]
    assert webhook.read_back([asked.line_id]) == [ReadBack.UNKNOWN]


def test_a_receiver_that_answers_nothing_is_not_waited_for_order_by_order(element):
    element.delay_s = 1.5
    hasty = Webhook(
        element.url,
        secret=SECRET,
        with_number=True,
        care_number="10086",
        patience_s=0.5,
        patience_together_s=0.2,
    )

    assert hasty.push([order() for _ in range(40)]) == [Answer.RETRY] * 40
    assert len(element.bodies) <= 8


def test_a_receiver_that_drips_its_answer_is_given_up(webhook, element):
    element.drips = True
    asked = [order() for _ in range(3)]
    webhook.push(asked)

    assert webhook.read_back([one.line_id for one in asked]) == [ReadBack.UNKNOWN] * 3


def test_nobody_listening_is_later_and_unknown():
    nowhere = Webhook("http://127.0.0.1:9/", secret=SECRET, with_number=False, care_number="10086")

    assert nowhere.push([order()]) == [Answer.RETRY]
    assert nowhere.read_back([uuid.uuid4()]) == [ReadBack.UNKNOWN]


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b'{"lines": []}', b'{"lines": {}}', b"\xff", b"[" * 100_000]
)
def test_an_answer_that_cannot_be_read_is_unknown(webhook, element, raw):
    element.raw_answer = raw

    assert webhook.read_back([uuid.uuid4()]) == [ReadBack.UNKNOWN]


def test_an_answer_without_end_is_unknown(webhook, element):
    element.raw_answer = b" " * (2 << 20)

    assert webhook.read_back([uuid.uuid4()]) == [ReadBack.UNKNOWN]


@pytest.mark.parametrize("missing", ["emergency", "care", "registration"])
def test_a_bar_counts_only_where_the_receiver_names_the_whole_floor(webhook, element, missing):
    asked = order()
    webhook.push([asked])
    element.allows.remove(missing)

    assert webhook.read_back([asked.line_id]) == [ReadBack.FLOOR_MISSING]
