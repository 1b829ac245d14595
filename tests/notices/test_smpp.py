"""Short messages by SMPP to a centre that another hand wrote, and that is slow, silent, busy or says things twice."""

import datetime as dt
import json
import sqlite3
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from smpplib.gsm import GSM_CHARACTER_TABLE, gsm_encode
from typer.testing import CliRunner

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.errors import NO_MESSAGE_CENTRE, REPORT_IDS_UNKNOWN
from rollkeeper.notices.gateways.base import Answer, GatewayBroken, Message
from rollkeeper.notices.gateways.smpp import SmppGateway
from rollkeeper.notices.gateways.smpp_report_ids import ReportIds
from rollkeeper.notices.gateways.smpp_spool import Spool
from rollkeeper.notices.gateways.smpp_text import BASIC, SEPTETS, UCS_2, TooLong, in_parts, sms_parts
from rollkeeper.notices.jobs import JOBS
from rollkeeper.notices.settings import settings
from rollkeeper.notices.texts import RenderedText
from rollkeeper.operations.cli import make_app
from rollkeeper.vault.secret_value import SecretValue
from tests.builders.lines import make_sealed_line
from tests.notices.centre import PASSWORD, message_centre, parts_of
from tests.notices.people import ON, notice, tell
from tests.refusals import refusing

NUMBER, OTHER = "+8613900001234", "+8613900001235"
TIBETAN, CHINESE = "ཐོ་འགོད་གནང་རོགས། ", "请于三月一日前办理实名登记。"
AT = dt.datetime.now(dt.UTC)
run = CliRunner()


def sms(text="Please register.", number=NUMBER, **more):
    return Message(
        **{"reference": uuid.uuid4(), "channel": Channel.SMS, "address": SecretValue(number),
           "texts": (RenderedText("en", "", text),)} | more
    )  # fmt: skip


def answers(handings):
    return [one.answer for one in handings]


@pytest.mark.parametrize("text", [TIBETAN * 12, CHINESE * 12, "登🙂" * 60])
def test_a_long_text_in_any_script_arrives_whole_in_numbered_parts(tmp_path, text):
    with message_centre() as centre:
        assert answers(centre.gateway(tmp_path).send([sms(text)])) == [Answer.ACCEPTED]
        parts = parts_of(centre.close())

    assert "".join(one["text"] for one in parts) == text
    assert {(one["coding"], one["esm"], one["registered"]) for one in parts} == {(UCS_2, 0x40, 1)}
    assert [one["udh"][0][6:] for one in parts] == [f"{len(parts):02x}{n + 1:02x}" for n in range(len(parts))]
    assert len({one["udh"][0][:6] for one in parts}) == 1


def test_a_number_goes_out_as_an_international_one_from_the_sender_that_is_published(tmp_path):
    with message_centre() as centre:
        centre.gateway(tmp_path).send([sms()])
        (part,) = parts_of(centre.close())

    assert (part["to"], part["ton"], part["from"], part["coding"]) == (NUMBER[1:], 1, "10086", BASIC)
    assert part["text"] == "Please register."


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
     ("登" * 70, 1), ("登" * 71, 2), ("登" * 134, 2), ("登" * 135, 3), ("🙂" * 35, 1), ("🙂" * 36, 2), ("🙂" * 67, 3)],
)  # fmt: skip
def test_a_text_has_as_many_parts_as_were_counted_and_none_is_too_long(text, parts):
    coding, made = in_parts(text, reference=uuid.uuid4())

    assert len(made) == sms_parts(text) == parts
    assert max(map(len, made)) <= (160 if coding == BASIC else 140)


def test_the_septet_alphabet_equals_an_independent_table():
    theirs = {one: gsm_encode(one) for one in GSM_CHARACTER_TABLE if one not in "`\x1b"}

    # Their table lacks the section sign and the form feed.
    assert theirs | {"§": b"\x5f", "\f": b"\x1b\x0a"} == SEPTETS
    assert len(set(SEPTETS.values())) == len(SEPTETS) == 127 + 10


def test_a_text_of_more_parts_than_a_message_can_have_is_refused(tmp_path):
    with pytest.raises(TooLong):
        in_parts("登" * 67 * 256, reference=uuid.uuid4())
    with message_centre() as centre:
        assert answers(centre.gateway(tmp_path).send([sms("登" * 67 * 256), sms()])) == [
            Answer.REFUSED,
            Answer.ACCEPTED,
        ]


def test_no_more_is_in_transit_than_the_window_allows(tmp_path):
    with message_centre(slow_ms=200) as centre:
        handings = centre.gateway(tmp_path, window=4).send([sms() for _ in range(8)])
        parts = parts_of(centre.close())

    assert answers(handings) == [Answer.ACCEPTED] * 8
    assert 1 < max(one["most"] for one in parts) <= 4


def test_no_more_goes_out_in_a_second_than_the_throttle_allows(tmp_path):
    with message_centre() as centre:
        centre.gateway(tmp_path, per_second=20).send([sms() for _ in range(6)])
        ats = [one["at"] for one in parts_of(centre.close())]

    assert ats[-1] - ats[0] >= 5 * 50 - 20


@pytest.mark.parametrize("busy", [1, 3])
def test_a_centre_that_is_busy_is_asked_again_and_keeps_no_other_message_waiting(tmp_path, busy):
    with message_centre(busy=busy) as centre:
        handings = centre.gateway(tmp_path, window=1).send([sms() for _ in range(3)])

    assert sorted(answers(handings)) == [Answer.ACCEPTED] * (3 - busy // 3) + [Answer.RETRY] * (busy // 3)


def test_a_number_that_nobody_has_is_refused_and_keeps_nobody_else(tmp_path):
    with message_centre(unknown=[NUMBER[1:]]) as centre:
        handings = centre.gateway(tmp_path).send(
            [sms(TIBETAN * 12), sms(number=OTHER), sms(number="tashi@x.example")]
        )

    assert answers(handings) == [Answer.REFUSED, Answer.ACCEPTED, Answer.REFUSED]


def test_a_centre_that_never_answers_leaves_everything_for_later(tmp_path):
    with message_centre(never=True) as centre:
        handings = centre.gateway(tmp_path, patience_s=0.3).send([sms() for _ in range(30)])

    assert answers(handings) == [Answer.RETRY] * 30


@pytest.mark.parametrize("behaviour", [{"never": True, "chatters": True}, {"drips": True}])
def test_a_centre_that_says_other_things_for_ever_holds_nobody(tmp_path, behaviour):
    with message_centre(**behaviour) as centre:
        handings = centre.gateway(tmp_path, patience_s=0.3).send([sms() for _ in range(3)])

    assert answers(handings) == [Answer.RETRY] * 3


def locked(file):
    """Lock a spool against writing."""
    Spool(file).settled()
    file.chmod(0o400)
    file.with_name(file.name + "-journal").mkdir()  # where a change would be noted first


def damaged(file):
    file.write_bytes(b"no database " * 1000)


@pytest.mark.parametrize("broken", [locked, damaged])
def test_what_cannot_be_written_down_does_not_go_out(tmp_path, broken):
    with message_centre() as centre:
        broken(tmp_path / "smpp.sqlite")
        for repeat in (False, True):
            with pytest.raises(GatewayBroken):
                centre.gateway(tmp_path).send([sms(is_repeat=repeat)])
        with pytest.raises(GatewayBroken):
            centre.gateway(tmp_path).listen(0.1)
        parts = parts_of(centre.close())

    assert parts == []


def test_a_message_that_was_noted_and_never_answered_is_not_whole(tmp_path):
    spool, reference = Spool(tmp_path / "s", one_is_enough=True), uuid.uuid4()
    spool.intend({reference: 2})
    spool.keep_part(reference, part=1, parts=2, message_id="m-1")
    spool.keep_report("m-1", outcome=Outcome.DELIVERED, at=clock.now())
    half = spool.is_whole(reference), spool.settled()

    spool.intend({reference: 2})
    spool.keep_part(reference, part=2, parts=2, message_id="m-2")

    assert half == (False, [])
    assert (spool.is_whole(reference), [one.reference for one in spool.settled()]) == (True, [str(reference)])


@pytest.mark.parametrize("odd", ["payload", "fields alone"])
@pytest.mark.parametrize("how", ReportIds)
@pytest.mark.parametrize("long", ["id:" * 20_000, "7" * 5000, "7" * 65])
def test_an_id_however_long_keeps_no_other_report_back(tmp_path, odd, how, long):
    sent = sms()
    spool = Spool(tmp_path / "smpp.sqlite", report_ids=how)
    spool.keep_part(sent.reference, part=1, parts=1, message_id="7")
    with message_centre(odd=odd, on_bind=[[long, "DELIVRD"], ["7", "DELIVRD"]]) as centre:
        gateway = centre.gateway(tmp_path, report_ids=how)
        gateway.listen(0.5)

    assert [one.reference for one in gateway.settled()] == [str(sent.reference)]


@pytest.mark.parametrize("how", [None, *ReportIds])
def test_an_answer_with_an_id_however_long_is_an_answer(tmp_path, how):
    spool, reference = Spool(tmp_path / "s", report_ids=how), uuid.uuid4()

    spool.keep_part(reference, part=1, parts=1, message_id="7" * 5000)

    assert spool.is_whole(reference)
    assert Spool(tmp_path / "s", report_ids=ReportIds.HEXADECIMAL).settled() == []


@pytest.mark.parametrize(
    ("stat", "state", "notified"),
    [
        ("DELIVRD", 2, 1), ("MK", 2, 1), ("DELIVRD", 99, 1), ("ENROUTE", 2, 0), ("ACCEPTD", 2, 0), ("UNKNOWN", 2, 0),
        ("DELIVRD", 1, 0), ("DELIVRD", 6, 0), ("DELIVRD", 7, 1), ("DELIVRD", 0, 1), ("DELIVRD", 5, 0), ("ACCEPTD", 6, 0),
    ],
)  # fmt: skip
def test_a_report_is_believed_where_text_and_field_do_not_contradict_each_other(
    tmp_path, stat, state, notified
):
    sent = sms()
    Spool(tmp_path / "smpp.sqlite").keep_part(sent.reference, part=1, parts=1, message_id="7")
    with message_centre(state=state, on_bind=[["7", stat]]) as centre:
        gateway = centre.gateway(tmp_path)
        gateway.listen(0.3)

    assert len(gateway.settled()) == notified


def test_repeated_reports_of_a_centre_are_counted_once(
    tmp_path,
):
    with message_centre(twice=True, reports="DELIVRD") as centre:
        gateway = centre.gateway(tmp_path)
        handings = gateway.send([sms() for _ in range(3)])
        gateway.listen(0.2)

    assert answers(handings) == [Answer.ACCEPTED] * 3
    assert len(gateway.settled()) == 3


@pytest.mark.parametrize("tlv", [False, True])
@pytest.mark.parametrize(("stat", "outcome"), [("DELIVRD", Outcome.DELIVERED), ("UNDELIV", Outcome.BOUNCED)])
def test_a_report_that_is_quicker_than_the_answer_finds_its_message(tmp_path, stat, outcome, tlv):
    with message_centre(early=True, reports=stat, tlv=tlv) as centre:
        gateway, sent = centre.gateway(tmp_path), sms(CHINESE * 12)
        gateway.send([sent])

        assert [(one.reference, one.outcome) for one in gateway.settled()] == [(str(sent.reference), outcome)]


def test_a_report_is_acknowledged_and_a_later_connection_hears_of_earlier_messages(tmp_path):
    with message_centre() as centre:
        sent = [sms(), sms()]
        centre.gateway(tmp_path).send(sent)
    reports = [
        ["centre-1", "DELIVRD"],
        ["centre-2", "ENROUTE"],
        ["centre-2", "EXPIRED"],
        ["others-7", "DELIVRD"],
    ]
    with message_centre(on_bind=reports) as centre:
        gateway = centre.gateway(tmp_path)
        gateway.listen(1)
        heard = centre.close()

    assert {(one.reference, one.outcome) for one in gateway.settled()} == {
        (str(sent[0].reference), Outcome.DELIVERED),
        (str(sent[1].reference), Outcome.BOUNCED),
    }
    assert [one["acknowledged"] for one in heard if "acknowledged" in one] == [name for name, _ in reports]


def test_after_a_broken_connection_only_the_rest_is_sent(tmp_path):
    with message_centre(drops=3) as centre:
        first = centre.gateway(tmp_path, window=1).send([sms() for _ in range(5)])
    with message_centre(name="b") as centre:
        again = centre.gateway(tmp_path).send([sms() for _ in range(3)])

    assert answers(first) == [Answer.ACCEPTED] * 2 + [Answer.RETRY] * 3
    assert answers(again) == [Answer.ACCEPTED] * 3


def test_a_gateway_reconnects_to_a_centre_that_is_back(tmp_path):
    with message_centre(name="a") as centre:
        gateway, sent = centre.gateway(tmp_path), sms()
        gateway.send([sent])
    with pytest.raises(OSError, match="out of reach"):
        gateway.listen(0.1)
    while_away = gateway.send([sms()])

    with message_centre(name="b", port=centre.port, on_bind=[["centre-a1", "DELIVRD"]]):
        gateway.listen(0.5)
        heard = gateway.settled()
        afterwards = gateway.send([sms()])

    assert [(one.reference, one.outcome) for one in heard] == [(str(sent.reference), Outcome.DELIVERED)]
    assert (answers(while_away), answers(afterwards)) == ([Answer.RETRY], [Answer.ACCEPTED])


def test_after_a_crash_whole_messages_are_not_resent_and_partial_ones_are(tmp_path):
    whole, half = sms(CHINESE * 12), sms(CHINESE * 12)
    with message_centre() as centre:
        gateway = centre.gateway(tmp_path)
        gateway.send([whole])
        Spool(tmp_path / "smpp.sqlite").keep_part(half.reference, part=1, parts=3, message_id="x")
        handings = gateway.send(
            [sms(one.text, reference=one.reference, is_repeat=True) for one in (whole, half)]
        )
        parts = parts_of(centre.close())

    assert answers(handings) == [Answer.ACCEPTED] * 2
    assert len(parts) == 2 * sms_parts(CHINESE * 12)


def test_the_log_says_what_a_centre_answered_to_a_wrong_password_and_no_number(tmp_path, caplog):
    with message_centre() as centre:
        wrong = centre.gateway(tmp_path, password="guessed")
        wrong.send([sms()])
        with pytest.raises(OSError, match="out of reach"):
            wrong.listen(0.1)

    assert (
        caplog.text.count(
            "The message centre takes nothing: it answered (14) bind_transceiver_resp: Invalid Password"
        )
        == 2
    )
    assert "guessed" not in caplog.text
    assert NUMBER.lstrip("+") not in caplog.text


def test_a_wrong_password_and_an_absent_centre_are_for_later(tmp_path):
    with message_centre() as centre:
        wrong = centre.gateway(tmp_path, password="guessed").send([sms()])
    gone = SmppGateway("smpp://x@127.0.0.1:9", password="", sender="1", spool=Spool(tmp_path / "s"))

    assert answers(wrong) == answers(gone.send([sms()])) == [Answer.RETRY]
    with pytest.raises(OSError, match="out of reach"):
        gone.listen(0.1)


def test_a_long_message_is_delivered_once_every_part_is_and_bounced_when_one_is(tmp_path):
    spool, whole, broken = Spool(tmp_path / "s"), uuid.uuid4(), uuid.uuid4()
    for reference in (whole, broken):
        for part in (1, 2):
            spool.keep_part(reference, part=part, parts=2, message_id=f"{reference}-{part}")
    spool.keep_report(f"{whole}-1", outcome=Outcome.DELIVERED, at=AT)
    spool.keep_report(f"{broken}-2", outcome=Outcome.BOUNCED, at=AT)
    half = spool.settled()
    spool.keep_report(f"{whole}-2", outcome=Outcome.DELIVERED, at=AT + dt.timedelta(hours=1))
    spool.keep_report(f"{whole}-2", outcome=Outcome.BOUNCED, at=AT + dt.timedelta(hours=2))

    assert [(one.reference, one.outcome) for one in half] == [(str(broken), Outcome.BOUNCED)]
    assert {(one.reference, one.outcome, one.at) for one in spool.settled()} == {
        (str(broken), Outcome.BOUNCED, AT),
        (str(whole), Outcome.DELIVERED, AT + dt.timedelta(hours=1)),
    }
    spool.forget(spool.settled())
    assert spool.settled() == []


def test_a_report_that_comes_while_its_message_is_being_noted_finds_it(tmp_path):
    spool, reference = Spool(tmp_path / "s"), uuid.uuid4()
    spool.settled()
    with closing(sqlite3.connect(tmp_path / "s", isolation_level=None)) as sender:
        sender.execute("BEGIN IMMEDIATE")
        sender.execute(
            "INSERT INTO part (reference, part, parts, centre, given, message_id, kept_at) VALUES (?, 1, 1, '', 'm', 'm', ?)",
            (str(reference), clock.now().isoformat()),
        )
        with ThreadPoolExecutor(1) as listener:
            heard = listener.submit(spool.keep_report, "m", outcome=Outcome.DELIVERED, at=AT)
            time.sleep(0.3)
            sender.execute("COMMIT")
            heard.result()

    assert [one.reference for one in spool.settled()] == [str(reference)]


@pytest.mark.parametrize("how", [None, ReportIds.SAME])
def test_where_two_messages_that_wait_have_one_id_a_report_proves_neither(tmp_path, how):
    spool = Spool(tmp_path / "s", report_ids=how)
    spool.keep_part(uuid.uuid4(), part=1, parts=1, message_id="1")
    spool.keep_part(uuid.uuid4(), part=1, parts=1, message_id="1")

    spool.keep_report("1", outcome=Outcome.DELIVERED, at=clock.now())

    assert Spool(tmp_path / "s").settled() == []


@pytest.mark.parametrize(("days", "notified"), [(6, 0), (7, 0), (8, 1)])
def test_a_message_without_a_report_keeps_its_id_for_a_week_from_a_later_one(tmp_path, days, notified):
    spool, latter = Spool(tmp_path / "s"), uuid.uuid4()
    clock.set_demo_date(dt.date(2012, 3, 2))
    spool.keep_part(uuid.uuid4(), part=1, parts=1, message_id="1")
    clock.set_demo_date(dt.date(2012, 3, 2) + dt.timedelta(days=days))
    at = clock.now() - dt.timedelta(minutes=1)  # and the week is not over at the same time of day
    spool.keep_part(latter, part=1, parts=1, message_id="1")

    spool.keep_report("1", outcome=Outcome.DELIVERED, at=at)

    assert [one.reference for one in spool.settled()] == [str(latter)] * notified


def test_an_id_whose_message_is_settled_is_the_next_one_s(tmp_path):
    spool, (former, latter) = Spool(tmp_path / "s"), (uuid.uuid4(), uuid.uuid4())
    spool.keep_part(former, part=1, parts=1, message_id="1")
    spool.keep_report("1", outcome=Outcome.BOUNCED, at=clock.now(), said="former")
    spool.keep_part(latter, part=1, parts=1, message_id="1")

    spool.keep_report("1", outcome=Outcome.BOUNCED, at=clock.now(), said="former")
    before = spool.settled()
    spool.keep_report("1", outcome=Outcome.DELIVERED, at=clock.now(), said="latter")

    assert [one.reference for one in before] == [str(former)]
    assert {(one.reference, one.outcome) for one in spool.settled()} == {
        (str(former), Outcome.BOUNCED),
        (str(latter), Outcome.DELIVERED),
    }


@pytest.mark.parametrize("how", [None, ReportIds.SAME])
def test_a_report_that_is_said_again_is_no_second_part(tmp_path, how):
    spool, reference = Spool(tmp_path / "s", report_ids=how), uuid.uuid4()
    for part in (1, 2):
        spool.keep_part(reference, part=part, parts=2, message_id="m")

    for said in ("first", "first"):
        spool.keep_report("m", outcome=Outcome.DELIVERED, at=clock.now(), said=said)
    half = Spool(tmp_path / "s").settled()
    spool.keep_report("m", outcome=Outcome.DELIVERED, at=clock.now(), said="second")

    assert (half, [one.reference for one in Spool(tmp_path / "s").settled()]) == ([], [str(reference)])


@pytest.mark.parametrize(("ago", "known"), [(dt.timedelta(minutes=5), 1), (dt.timedelta(hours=2), 0)])
def test_a_report_of_long_ago_is_not_of_a_message_that_goes_out_now(tmp_path, ago, known):
    spool = Spool(tmp_path / "s")
    spool.keep_report("1", outcome=Outcome.DELIVERED, at=clock.now() - ago)

    spool.keep_part(uuid.uuid4(), part=1, parts=1, message_id="1")

    assert len(spool.settled()) == known


HEX = 0x18  # 18, 19, 1A ...: the report of 1A is of 26, and 26 is another's


@pytest.mark.parametrize("early", [False, True])
def test_hexadecimal_answers_match_decimal_reports_once_configured(tmp_path, early):
    sent = [sms() for _ in range(8)]
    with message_centre(hex=HEX, early=early, reports="DELIVRD") as centre:
        gateway = centre.gateway(tmp_path, report_ids=ReportIds.DECIMAL)
        gateway.send(sent)
        gateway.listen(0.2)

    assert {one.reference for one in gateway.settled()} == {str(one.reference) for one in sent}


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_reports_wait_until_their_id_format_is_configured(tmp_path, turned, early):
    sent, how = [sms() for _ in range(24)], ReportIds.HEXADECIMAL if turned else ReportIds.DECIMAL
    with message_centre(hex=HEX, turned=turned, early=early, reports="DELIVRD") as centre:
        gateway = centre.gateway(tmp_path, window=1, report_ids=None)
        gateway.send(sent)
        gateway.listen(0.2)
        before, fitting = gateway.settled(), gateway.waiting()
        said = centre.gateway(tmp_path, report_ids=how)

    assert before == []
    assert (max(fitting, key=fitting.get), fitting[how]) == (how, 24)
    assert 0 < fitting[ReportIds.SAME] < 24
    assert {one.reference for one in said.settled()} == {str(one.reference) for one in sent}
    assert said.waiting() is None


def test_a_setting_that_is_taken_back_leaves_nothing_believed(tmp_path):
    notified = Spool(tmp_path / "s")
    notified.keep_part(uuid.uuid4(), part=1, parts=1, message_id="26")

    not_notified = Spool(tmp_path / "s", report_ids=None)
    not_notified.keep_report("26", outcome=Outcome.DELIVERED, at=clock.now())

    assert not_notified.settled() == []
    assert len(Spool(tmp_path / "s").settled()) == 1


def test_two_processes_that_know_another_centre_each_hear_of_their_own_messages(tmp_path):
    one, two = (Spool(tmp_path / "s", centre=f"smpp://x@{name}") for name in ("one", "two"))
    sent = [uuid.uuid4(), uuid.uuid4()]
    for spool, reference in zip((one, two), sent, strict=True):
        spool.keep_part(reference, part=1, parts=1, message_id="57")

    for spool, outcome in ((one, Outcome.DELIVERED), (two, Outcome.BOUNCED)):
        spool.keep_report("57", outcome=outcome, at=clock.now())

    assert {(one.reference, one.outcome) for one in two.settled()} == {
        (str(sent[0]), Outcome.DELIVERED),
        (str(sent[1]), Outcome.BOUNCED),
    }


def test_what_nobody_believes_any_more_is_dropped(tmp_path):
    spool, (old, new) = Spool(tmp_path / "s"), (uuid.uuid4(), uuid.uuid4())
    clock.set_demo_date(dt.date(2012, 3, 2))
    spool.keep_part(old, part=1, parts=1, message_id="57")
    clock.set_demo_date(dt.date(2012, 3, 31))

    spool.intend({new: 1})

    assert not spool.is_whole(old)


@pytest.mark.parametrize("how", [None, ReportIds.SAME])
def test_nothing_of_one_centre_is_believed_of_another(tmp_path, how):
    old = Spool(tmp_path / "s", centre="smpp://x@one", report_ids=how)
    waits, heard = uuid.uuid4(), uuid.uuid4()
    old.keep_part(waits, part=1, parts=1, message_id="57")
    old.keep_report("58", outcome=Outcome.DELIVERED, at=clock.now())

    new = Spool(tmp_path / "s", centre="smpp://x@two")
    new.keep_part(heard, part=1, parts=1, message_id="58")
    new.keep_report("57", outcome=Outcome.DELIVERED, at=clock.now())
    before = new.settled()
    new.keep_report("58", outcome=Outcome.DELIVERED, at=clock.now())

    assert before == []
    assert [one.reference for one in new.settled()] == [str(heard)]
    assert new.is_whole(waits)


@pytest.mark.parametrize(
    ("reported", "answered", "whose"),
    [
        ("26", "1A", 0),
        ("0000000026", "26", 0),
        ("", "1A", 0),
        ("38", "26", 1),
        ("26", "27", None),
        ("2A", "", None),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_report_that_names_its_message_twice_is_believed_where_both_agree(
    tmp_path, reported, answered, whose, first
):
    spool, sent = Spool(tmp_path / "s", report_ids=ReportIds.DECIMAL), [uuid.uuid4(), uuid.uuid4()]
    said = {"answered": answered, "outcome": Outcome.DELIVERED, "at": clock.now()}
    if first:
        spool.keep_report(reported, **said)
    for message_id, reference in zip(("1A", "26"), sent, strict=True):
        spool.keep_part(reference, part=1, parts=1, message_id=message_id)
    if not first:
        spool.keep_report(reported, **said)

    assert [one.reference for one in spool.settled()] == ([] if whose is None else [str(sent[whose])])


def test_of_two_reports_that_wait_the_first_stands(tmp_path):
    waiting, reference = Spool(tmp_path / "s", report_ids=None), uuid.uuid4()
    waiting.keep_part(reference, part=1, parts=1, message_id="7")
    for minutes, outcome in enumerate([Outcome.BOUNCED, Outcome.DELIVERED]):
        waiting.keep_report("7", outcome=outcome, at=clock.now() + dt.timedelta(minutes=minutes))

    assert [one.outcome for one in Spool(tmp_path / "s").settled()] == [Outcome.BOUNCED]


def test_a_message_of_weeks_ago_is_not_proved_by_a_report_of_its_id(tmp_path):
    spool = Spool(tmp_path / "s")
    clock.set_demo_date(dt.date(2012, 3, 2))
    spool.keep_part(uuid.uuid4(), part=1, parts=1, message_id="57")
    clock.set_demo_date(dt.date(2012, 3, 17))

    spool.keep_report("57", outcome=Outcome.DELIVERED, at=clock.now())

    assert spool.settled() == []


@pytest.mark.parametrize(("whole", "notified"), [(False, 0), (True, 1)])
def test_a_centre_may_report_once_of_a_long_message_if_that_is_said(tmp_path, whole, notified):
    spool, reference = Spool(tmp_path / "s", one_is_enough=whole), uuid.uuid4()
    for part in (1, 2, 3):
        spool.keep_part(reference, part=part, parts=3, message_id=f"m-{part}")

    spool.keep_report("m-3", outcome=Outcome.DELIVERED, at=clock.now())

    assert len(spool.settled()) == notified


def test_the_same_words_are_of_another_part_on_one_link_and_said_again_on_another(tmp_path):
    spool, reference = Spool(tmp_path / "smpp.sqlite"), uuid.uuid4()
    for part in (1, 2):
        spool.keep_part(reference, part=part, parts=2, message_id="m")
    with message_centre(on_bind=[["m", "DELIVRD"]]) as centre:
        for _ in range(2):
            centre.gateway(tmp_path).listen(0.2)
    half = spool.settled()
    with message_centre(on_bind=[["m", "DELIVRD"]] * 2) as centre:
        centre.gateway(tmp_path).listen(0.2)

    assert (half, [one.reference for one in spool.settled()]) == ([], [str(reference)])


FIRST_TABLES = """
CREATE TABLE part (
    reference TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, message_id TEXT NOT NULL, outcome TEXT, at TEXT,
    is_notified INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (reference, part)
);
CREATE INDEX part_by_message_id ON part (message_id);
CREATE TABLE early (message_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL);
INSERT INTO part VALUES ('{0}', 1, 1, '0000000026', NULL, NULL, 0);
INSERT INTO early VALUES ('27', 'delivered', '{1}');
"""
TABLES_OF_ONE_CENTRE = """
CREATE TABLE part (
    reference TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, given TEXT NOT NULL, message_id TEXT,
    kept_at TEXT NOT NULL, outcome TEXT, at TEXT, is_notified INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (reference, part)
);
CREATE INDEX part_by_kept_at ON part (kept_at);
CREATE TABLE early (
    given TEXT NOT NULL, answered TEXT NOT NULL, message_id TEXT, outcome TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (given, answered, outcome, at)
);
CREATE TABLE known (one INTEGER PRIMARY KEY CHECK (one = 1), centre TEXT NOT NULL, report_ids TEXT);
INSERT INTO part VALUES ('{0}', 1, 1, '0000000026', NULL, '{1}', NULL, NULL, 0);
INSERT INTO early VALUES ('27', '', NULL, 'delivered', '{1}');
INSERT INTO known VALUES (1, 'smpp://x@one', NULL);
INSERT INTO part VALUES ('of old', 1, 1, '1', NULL, '2012-03-02T00:00:00+00:00', NULL, NULL, 0);
"""


@pytest.mark.parametrize("tables", [FIRST_TABLES, TABLES_OF_ONE_CENTRE])
def test_a_spool_of_before_is_taken_over_with_what_waits_in_it(tmp_path, tables):
    references = [uuid.uuid4(), uuid.uuid4()]
    with closing(sqlite3.connect(tmp_path / "s")) as file, file:
        file.executescript(tables.format(references[0], clock.now().isoformat()))

    spool = Spool(tmp_path / "s", centre="smpp://x@one")
    spool.keep_report("26", outcome=Outcome.DELIVERED, at=clock.now())
    spool.keep_part(references[1], part=1, parts=1, message_id="0027")

    assert {one.reference for one in spool.settled()} == {str(one) for one in references}
    with closing(sqlite3.connect(tmp_path / "s")) as file:
        assert file.execute("SELECT 1 FROM part WHERE reference = 'of old'").fetchall() == []


def test_a_spool_of_before_is_taken_over_before_the_centre_is_spoken_to(tmp_path):
    with closing(sqlite3.connect(tmp_path / "s")) as file, file:
        file.executescript(TABLES_OF_ONE_CENTRE.format(uuid.uuid4(), clock.now().isoformat()))
    gone = SmppGateway("smpp://x@127.0.0.1:9", password="", sender="1", spool=Spool(tmp_path / "s"))

    with pytest.raises(OSError, match="out of reach"):
        gone.listen(0.1)

    with closing(sqlite3.connect(tmp_path / "s")) as file:
        assert "centre" in {name for _, name, *_ in file.execute("PRAGMA table_info(part)")}


@pytest.mark.parametrize(
    "way", ["payload", "data_sm", "spaces", "torn", "unexpected", "no end", "own word", "fields alone"]
)
def test_reports_are_parsed_and_malformed_ones_block_nothing(tmp_path, way):
    sent = [sms(), sms()]
    with message_centre(odd=way, reports="DELIVRD") as centre:
        gateway = centre.gateway(tmp_path)
        gateway.send(sent)
        gateway.listen(0.5)
        heard = centre.close()

    assert {one.reference for one in gateway.settled()} == {str(one.reference) for one in sent}
    assert len([one for one in heard if "acknowledged" in one]) >= 2


def test_neither_number_nor_text_stands_in_the_spool(tmp_path):
    with message_centre() as centre:
        centre.gateway(tmp_path).send([sms()])

    kept = (tmp_path / "smpp.sqlite").read_bytes()
    assert NUMBER[4:].encode() not in kept
    assert b"register" not in kept
    assert (tmp_path / "smpp.sqlite").stat().st_mode & 0o077 == 0


@pytest.fixture
def app(committed):
    clock.set_demo_date(ON)
    former = settings()
    write_settings(notices={"quiet_from": dt.time(0), "quiet_until": dt.time(0)})
    yield make_app()
    (data_dir() / "secrets" / "smpp.password").unlink(missing_ok=True)
    (data_dir() / "outbox" / "smpp.sqlite").unlink(missing_ok=True)
    write_settings(
        notices={
            "smpp_url": None,
            "smpp_report_ids": None,
            "quiet_from": former.quiet_from,
            "quiet_until": former.quiet_until,
        }
    )


def test_a_notice_goes_out_by_sms_and_is_delivered_when_the_centre_says_so(app):
    (data_dir() / "secrets" / "smpp.password").touch(mode=0o600)
    (data_dir() / "secrets" / "smpp.password").write_text(PASSWORD)
    owed = tell(make_sealed_line(NUMBER), language="bo")
    with message_centre(early=True, reports="DELIVRD") as centre:
        write_settings(notices={"smpp_url": centre.url, "smpp_report_ids": "same"})
        sent = run.invoke(app, ["notices", "send", "--on", "2011-12-20", "--json"])
        before = notice(owed).state
        taken = run.invoke(app, ["notices", "collect", "--seconds", "0.2", "--json"])
        parts = parts_of(centre.close())

    assert (json.loads(sent.stdout)["accepted"], before) == (1, "sent"), sent.output
    assert json.loads(taken.stdout)["delivered"] == 1, taken.output
    assert notice(owed).state == "delivered"
    assert notice(owed).code in "".join(one["text"] for one in parts)


def test_who_collects_hears_that_the_centre_names_messages_in_two_formats(app, monkeypatch):
    monkeypatch.setattr("rollkeeper.notices.jobs._LISTENS_S", 0.2)
    (data_dir() / "secrets" / "smpp.password").touch(mode=0o600)
    (data_dir() / "secrets" / "smpp.password").write_text(PASSWORD)
    with message_centre(hex=HEX, reports="DELIVRD") as centre:
        write_settings(notices={"smpp_url": centre.url})
        centre.gateway(data_dir() / "outbox", name=centre.url, report_ids=None).send(
            [sms() for _ in range(21)]
        )
        said = run.invoke(app, ["notices", "collect", "--seconds", "0.2"])
        turn = next(one for one in JOBS if one.name == "collect-reports")
        with refusing(REPORT_IDS_UNKNOWN) as refusal:
            turn.run()

    assert said.exception.code == REPORT_IDS_UNKNOWN.code
    assert "0 delivered" in said.output
    assert refusal.value.code in turn.expected_errors


def test_collect_fails_without_a_centre_and_exits_1_when_it_is_away(app):
    nobody = run.invoke(app, ["notices", "collect"])
    write_settings(notices={"smpp_url": "smpp://x@127.0.0.1:9"})
    away = run.invoke(app, ["notices", "collect", "--seconds", "0.2"])

    assert nobody.exception.code == NO_MESSAGE_CENTRE.code
    assert away.exit_code == 1
