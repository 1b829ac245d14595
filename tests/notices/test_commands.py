"""Notices from the command line, and files of delivery reports."""

import json

import pytest
from typer.testing import CliRunner

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.errors import Faults
from rollkeeper.kernel.settings import data_dir
from rollkeeper.notices import services
from rollkeeper.notices.delivery_reports import read_delivery_reports
from rollkeeper.notices.errors import DeliveryReportFault, NoNotice
from rollkeeper.notices.gateways.base import Answer
from rollkeeper.operations.cli import make_app
from tests.builders.lines import give_number, make_sealed_line
from tests.notices.fakes import Way
from tests.notices.people import ON, attempts, notice, tell

run = CliRunner()


@pytest.fixture
def app(committed):
    clock.set_demo_date(ON)
    (data_dir() / "outbox" / "delivery-reports.jsonl").unlink(
        missing_ok=True
    )  # of other tests, on other days
    return make_app()


def test_notices_are_sent_reported_and_counted(app):
    owed = [tell(make_sealed_line()) for _ in range(40)]

    sent = run.invoke(app, ["notices", "send", "--on", "2011-12-20", "--json"])
    taken = run.invoke(
        app, ["notices", "delivery-reports", str(data_dir() / "outbox" / "delivery-reports.jsonl"), "--json"]
    )
    notified = run.invoke(app, ["notices", "status", "--json"])

    assert sent.exit_code == taken.exit_code == notified.exit_code == 0, (
        sent.output + taken.output + notified.output
    )
    delivered = [one for one in owed if notice(one).state == "delivered"]
    answer = json.loads(notified.stdout)
    assert json.loads(sent.stdout)["accepted"] == 40
    assert json.loads(taken.stdout)["delivered"] == len(delivered) > 0
    assert answer["unreachable"] == 40 - len(delivered)
    assert answer["genuine_senders"] == ["10086"]
    assert answer["without_language"] == 0


def test_what_people_read_says_the_same(app):
    tell(make_sealed_line())

    sent = run.invoke(app, ["notices", "send"])
    notified = run.invoke(app, ["notices", "status"])

    assert "1 sent" in sent.output
    assert "see 'rollkeeper campaign unreachable'" in " ".join(sent.output.split())
    assert "Genuine senders: 10086" in notified.output
    assert "13900001234" not in sent.output + notified.output


def test_a_gateway_that_takes_nothing_is_named(app, monkeypatch):
    tell(make_sealed_line())
    way = Way(rings=True)
    way.answer = lambda _: Answer.RETRY
    monkeypatch.setattr(services, "gateways", lambda: {Channel.SMS: way})

    sent = run.invoke(app, ["notices", "send"])

    assert "1 for later" in sent.output
    assert "The gateway for Text message took nothing" in " ".join(sent.output.split())


def test_the_desk_checks_a_code(app, committed):
    line = make_sealed_line()
    give_number(line, "+8613900001234")
    owed = tell(line)
    run.invoke(app, ["notices", "send"])

    genuine = run.invoke(app, ["notices", "check", "139 0000 1234", notice(owed).code])
    false = run.invoke(app, ["notices", "check", "139 0000 1234", "1"])

    assert genuine.exit_code == 0, genuine.output
    assert "Genuine" in genuine.output
    assert isinstance(false.exception, NoNotice)


def written(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "reports"
    file.write_text(text, encoding)
    return file


def test_reports_come_as_json_lines(tmp_path):
    file = written(
        tmp_path, '{"reference": "a", "outcome": "delivered"}\n\n{"reference": "b", "outcome": "bounced"}\n'
    )

    assert [(one.reference, one.outcome) for one in read_delivery_reports(file)] == [
        ("a", "delivered"),
        ("b", "bounced"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_reports_come_as_csv_in_the_words_of_smpp(tmp_path, encoding):
    file = written(
        tmp_path,
        "Reference,at,Outcome\na,2011-12-20T10:00:00+08:00,DELIVRD\nb,,UNDELIV\nc,,ENROUTE\n",
        encoding,
    )

    assert [(one.reference, one.outcome) for one in read_delivery_reports(file)] == [
        ("a", "delivered"),
        ("b", "bounced"),
    ]
    assert read_delivery_reports(file)[0].at.isoformat() == "2011-12-20T10:00:00+08:00"


def test_an_instant_without_a_zone_is_the_instance_s(tmp_path):
    file = written(tmp_path, "reference,outcome,at\na,delivered,2011-12-20T10:00:00\n")

    assert read_delivery_reports(file)[0].at.utcoffset() == clock.now().astimezone(clock.zone()).utcoffset()


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("reference\na\n", 1, "outcome"),
        ("a,b\n1,2\n", 1, "reference"),
        ("reference,outcome\n,delivered\n", 2, "reference"),
        ("reference,outcome\na,perhaps\n", 2, "outcome"),
        ("reference,outcome\na\0b,delivered\n", 2, "reference"),
        ('{"reference": "a\\u0000b", "outcome": "delivered"}\n', 1, "reference"),
        ('{"reference": "a\\ud800b", "outcome": "delivered"}\n', 1, "reference"),
        ("reference,outcome,at\na,delivered,yesterday\n", 2, "at"),
        ("reference,outcome,at\na,delivered,2999-01-01T00:00:00Z\n", 2, "at"),
        ("reference,outcome,at\na,delivered,9999-12-31T23:59:59-23:59\n", 2, "at"),
        ('{"reference": "a", "outcome": "delivered"}\n{broken\n', 2, "(whole row)"),
        ('{"reference": "a", "outcome": "delivered"}\n[1]\n', 2, "(whole row)"),
        ('{"a": ' + "[" * 20_000 + "\n", 1, "(whole row)"),
        ("reference,outcome\n" + "x" * 300 + ",delivered\n", 2, "reference"),
        ("reference,outcome\n" + "x" * 200_000 + ",delivered\n", 1, "(whole row)"),
    ],
)
def test_a_faulty_row_is_named_by_row_and_column(tmp_path, text, row, column):
    with pytest.raises((DeliveryReportFault, Faults)) as refusal:
        read_delivery_reports(written(tmp_path, text))

    fault = getattr(refusal.value, "faults", [refusal.value])[0]
    assert (fault.facts["row"], fault.facts["column"]) == (row, column)


def test_every_faulty_row_is_reported_and_nothing_is_taken_in(app, tmp_path):
    owed = tell(make_sealed_line())
    run.invoke(app, ["notices", "send"])
    file = written(
        tmp_path, f"reference,outcome\n{attempts(owed)[0].attempt_id},delivered\na,perhaps\n,delivered\n"
    )

    refused = run.invoke(app, ["notices", "delivery-reports", str(file)])

    assert isinstance(refused.exception, Faults)
    assert [fault.facts["row"] for fault in refused.exception.faults] == [3, 4]
    assert notice(owed).state == "sent"


def test_an_empty_file_is_refused_since_it_may_be_half_a_download(tmp_path):
    with pytest.raises(Faults):
        read_delivery_reports(written(tmp_path, ""))


def test_a_fault_does_not_repeat_the_row_s_own_words(tmp_path):
    with pytest.raises(DeliveryReportFault) as refusal:
        read_delivery_reports(written(tmp_path, "reference,outcome\n+8613900001234,perhaps 13900001234\n"))

    assert "1390000" not in str(refusal.value)


def test_a_file_that_is_not_there_is_a_wrong_call(app):
    assert run.invoke(app, ["notices", "delivery-reports", "/nowhere"]).exit_code == 2
