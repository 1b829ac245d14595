"""What mail servers report about e-mail notices: believed where it is about ours, and never more than it says."""

import datetime as dt
import io
import mailbox
import stat
import sys
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.notices.dsn_parser import ReportKind, read_mail
from rollkeeper.notices.errors import NO_BOUNCE_MAILBOX, NO_RETURN_ADDRESS
from rollkeeper.notices.gateways.smtp import SmtpGateway
from rollkeeper.notices.report_collection import collect_mail
from rollkeeper.notices.services import send_due
from rollkeeper.notices.verp import attempts_named, return_address, return_secret
from rollkeeper.operations.cli import make_app
from tests.builders.lines import make_sealed_line
from tests.builders.notices import retry_notices
from tests.notices.fakes import Mailboxes, MailHost, Way
from tests.notices.mails import MAILBOX, SECRET, answer, dsn, nested
from tests.notices.people import ON, attempts, notice, report, tell
from tests.refusals import refusing

ATTEMPT = uuid.UUID("01939b6e-0000-7000-8000-00000000abcd")
run = CliRunner()


def test_a_return_address_names_its_attempt_and_nothing_else():
    address = return_address(MAILBOX, attempt_id=ATTEMPT, secret=SECRET)

    assert attempts_named(f"Reports <{address}>", secret=SECRET) == {ATTEMPT}
    assert len(address.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1
    assert str(ATTEMPT) not in address


@pytest.mark.parametrize("place", [8, 30, 50])
def test_a_return_address_with_one_letter_changed_names_nobody(place):
    address = return_address(MAILBOX, attempt_id=ATTEMPT, secret=SECRET)
    changed = address[:place] + ("a" if address[place] != "a" else "b") + address[place + 1 :]

    assert attempts_named(changed, secret=SECRET) == set()
    assert attempts_named(address, secret=b"\x08" * 32) == set()


@pytest.mark.parametrize(
    ("action", "status", "says"),
    [
        ("failed", "5.1.1", ReportKind.BOUNCED), ("failed", "5.2.1", ReportKind.BOUNCED), ("failed", "5.7.1", ReportKind.FAILED),
        ("failed", "5.1.8", ReportKind.FAILED),
        ("failed", "5.2.2", ReportKind.FAILED), ("failed", "5.4.4", ReportKind.FAILED), ("failed", "4.4.7", ReportKind.FAILED),
        ("failed", "", ReportKind.FAILED), ("FAILED", "5.1.1 (no such user)", ReportKind.BOUNCED),
        ("delayed", "4.4.1", ReportKind.NOT_YET), ("relayed", "2.0.0", ReportKind.NOT_YET), ("expanded", "2.0.0", ReportKind.NOT_YET),
        ("delivered", "2.1.5", ReportKind.DELIVERED), ("delivered", "4.0.0", ReportKind.NOT_YET), ("delivered", "", ReportKind.NOT_YET),
        ("", "5.1.1", ReportKind.BOUNCED), ("", "2.0.0", ReportKind.NO_REPORT), ("deliverable", "2.1.5", ReportKind.NO_REPORT),
        ("delivered (to mailbox)", "2.0.0", ReportKind.DELIVERED), ("delivered (to mailing list)", "2.0.0", ReportKind.NOT_YET),
        ("failed", "5.0.0", ReportKind.FAILED), ("failed", "5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 full", ReportKind.FAILED),
        ("failed", "5.0.0\nDiagnostic-Code: smtp; 552 mailbox is full", ReportKind.FAILED),
        ("failed", "5.0.0\nDiagnostic-Code: smtp; 554 looks like spam", ReportKind.FAILED),
        ("failed", "5.0.0\nDiagnostic-Code: smtp; 550 nobody here", ReportKind.BOUNCED),
        ("failed", "5.0.0\nDiagnostic-Code: smtp; 550-5.1.1 nobody here", ReportKind.BOUNCED),
        ("failed", "4.0.0\nDiagnostic-Code: smtp; 550 nobody here", ReportKind.FAILED),
        ("failed", "5.7.1\nDiagnostic-Code: smtp; 550 blocked", ReportKind.FAILED),
        ("failed", "5.2.0", ReportKind.FAILED), ("failed", "5.2.3", ReportKind.FAILED), ("failed", "5.2.121", ReportKind.FAILED),
        ("failed", "5.2.122", ReportKind.FAILED), ("failed", "5.1.0", ReportKind.BOUNCED),
        ("failed", "5.0.0\nDiagnostic-Code: smtp; 550 10.5.1.1 said no", ReportKind.BOUNCED),
    ],
)  # fmt: skip
def test_a_report_means_what_its_action_and_status_say(action, status, says):
    read = read_mail(dsn(ATTEMPT, action=action, status=status), secret=SECRET)

    assert (read.kind, read.attempt_id) == (says, ATTEMPT)


def test_one_recipient_that_is_underway_leaves_the_whole_underway():
    raw = dsn(ATTEMPT, action="delivered", status="2.0.0", recipients=2)
    mixed = raw.replace(b"Action: delivered", b"Action: delayed", 1)

    assert read_mail(raw, secret=SECRET).kind is ReportKind.DELIVERED
    assert read_mail(mixed, secret=SECRET).kind is ReportKind.NOT_YET


@pytest.mark.parametrize(
    ("exact", "written"),
    [
        (b"Status: 5.1.1\n", b"Status: 5.1.1\n\n\n"),
        (b"mx.mail.example\n\nFinal", b"mx.mail.example\nFinal"),
        (b'multipart/report; report-type="delivery-status"', b"multipart/mixed"),
        (b"Reporting-MTA:", b"Original-Envelope-Id: 0M5500GLDD@mx.mail.example\nReporting-MTA:"),
        (b"\n", b"\r\n"),
        (b"message/delivery-status", b"message/global-delivery-status"),
    ],
    ids=[
        "empty lines behind it",
        "one block",
        "mixed",
        "an envelope's name of the server's own",
        "line ends",
        "in any script",
    ],
)
def test_a_report_is_read_as_servers_write_it(exact, written):
    raw = dsn(ATTEMPT)

    assert exact in raw
    assert read_mail(raw.replace(exact, written), secret=SECRET).kind is ReportKind.BOUNCED


@pytest.mark.parametrize("automatic", [True, False])
def test_an_answer_is_never_proof(automatic):
    assert read_mail(answer(ATTEMPT, automatic=automatic), secret=SECRET).kind is ReportKind.NO_REPORT


@pytest.mark.parametrize("action", ["failed", "delivered"])
@pytest.mark.parametrize(
    "forged",
    [
        {"to": MAILBOX}, {"secret": b"\x08" * 32}, {"envelope": uuid.uuid4()},
        {"to": return_address(MAILBOX, attempt_id=ATTEMPT, secret=SECRET) + ", "
               + return_address(MAILBOX, attempt_id=uuid.UUID(int=1), secret=SECRET)},
    ],
    ids=["no tag", "another's tag", "another envelope", "two of ours"],
)  # fmt: skip
def test_a_report_to_no_return_address_of_ours_says_nothing(forged, action):
    assert read_mail(dsn(ATTEMPT, action=action, **forged), secret=SECRET).kind is ReportKind.NOT_OURS


@given(st.binary(max_size=400), st.integers(0, 900))
def test_no_mail_whatever_breaks_the_reading(junk, place):
    raw = dsn(ATTEMPT)

    assert read_mail(junk, secret=SECRET).kind is ReportKind.NOT_OURS
    assert read_mail(raw[:place] + junk + raw[place:], secret=SECRET).kind in ReportKind


@pytest.fixture
def reported(committed):
    """An instance whose e-mail notices are sent, and reported to a mailbox."""
    clock.set_demo_date(ON)
    write_settings(notices={"bounce_mailbox": MAILBOX})
    yield
    write_settings(notices={"bounce_mailbox": None})
    (data_dir() / "secrets" / "bounces.key").unlink(missing_ok=True)


def sent_by_mail(channels=(Channel.EMAIL,)):
    owed = tell(make_sealed_line(number=None, service="domain"))
    send_due(console_authority(), on=ON, by_channel={one: Way() for one in channels})
    return owed, attempts(owed)[-1].attempt_id


def maildir(tmp_path, *raws):
    box = mailbox.Maildir(tmp_path / "Maildir")
    for raw in raws:
        box.add(raw)
    return tmp_path / "Maildir"


def mbox(tmp_path, *raws):
    box = mailbox.mbox(tmp_path / "mbox")
    for raw in raws:
        box.add(raw)
    box.close()
    return tmp_path / "mbox"


def look_at_all(path):
    """Open the mailbox as a mail program does, which marks all that is there as seen."""
    box = mailbox.Maildir(path) if path.is_dir() else mailbox.mbox(path)
    with closing(box):
        for key, mail in box.items():
            mail.add_flag("S" if path.is_dir() else "R")
            box[key] = mail


def left_in(path):
    box = mailbox.Maildir(path) if path.is_dir() else mailbox.mbox(path)
    with closing(box):
        return [one.as_bytes() for one in box]


@pytest.mark.parametrize("folder", [maildir, mbox])
def test_reports_are_removed_from_the_mailbox_and_other_mail_is_left_unread(reported, tmp_path, folder):
    (gone, of_gone), (notified, of_notified), (_, of_away) = sent_by_mail(), sent_by_mail(), sent_by_mail()
    key = return_secret()
    path = folder(
        tmp_path,
        dsn(of_gone, secret=key), dsn(of_notified, action="delivered", status="2.0.0", secret=key),
        dsn(of_away, action="delayed", status="4.4.1", secret=key), answer(of_away, secret=key),
    )  # fmt: skip

    read = collect_mail(path, on=ON)
    again = collect_mail(path, on=ON)

    assert (read.intake.bounced, read.intake.delivered, read.not_yet, read.left) == (1, 1, 1, 1)
    assert (again.intake.bounced, again.intake.delivered, again.not_yet, again.left) == (0, 0, 0, 0)
    assert (notice(gone).state, notice(notified).state) == ("queued", "delivered")
    assert [b"Losar" in one for one in left_in(path)] == [True]


@pytest.mark.parametrize("folder", [maildir, mbox])
def test_who_opens_the_mailbox_takes_no_report_away(reported, tmp_path, folder):
    owed, attempt = sent_by_mail()
    path = folder(tmp_path, dsn(attempt, secret=return_secret()), answer(attempt, secret=return_secret()))
    look_at_all(path)

    read, again = collect_mail(path, on=ON), collect_mail(path, on=ON)

    assert (read.intake.bounced, read.left, again.left) == (1, 1, 0)
    assert notice(owed).state == "queued"


HOSTILE = [b"\0", b"idna", b"punycode", b"undefined", b"zlib", b"\xff", b"x" * 5000, b"utf-7", b""]


def in_encoding(attempt, charset, body=b"\xff"):
    """A report of the international form, whose first block names an encoding."""
    block = b'Content-Type: text/plain; charset="' + charset + b'"\n\n' + body + b"\n\n"
    return dsn(attempt, secret=return_secret()).replace(
        b"message/delivery-status\n\n", b"message/global-delivery-status\n\n" + block
    )


@pytest.mark.parametrize("charset", HOSTILE, ids=range(len(HOSTILE)))
def test_an_encoding_that_its_sender_chose_keeps_no_report_back(reported, tmp_path, charset):
    owed, attempt = sent_by_mail()
    hostile, good = in_encoding(attempt, charset), dsn(attempt, secret=return_secret())
    path = maildir(tmp_path, hostile, good)

    collect_mail(path, on=ON)

    assert attempts(owed)[0].outcome == "bounced"


@pytest.mark.parametrize("levels", [300, 1000])
@pytest.mark.parametrize("folder", [maildir, mbox])
def test_mails_in_mails_however_deep_keep_no_report_back_and_are_left(reported, tmp_path, folder, levels):
    owed, attempt = sent_by_mail()
    key = return_secret()
    deep = nested(attempt, levels, secret=key)
    path = folder(tmp_path, deep, dsn(attempt, secret=key), deep)

    read, again = collect_mail(path, on=ON), collect_mail(path, on=ON)

    assert (read.intake.bounced, read.left, again.left) == (1, 2, 0)
    assert notice(owed).state == "queued"


@pytest.mark.parametrize("to", ["a" * 1_000_000, "a" * 60 + "+" + "b" * 1_000_000])
def test_a_header_however_long_names_nobody_and_keeps_nothing_waiting(to):
    assert read_mail(f"To: {to}\n\n".encode(), secret=SECRET).kind is ReportKind.NOT_OURS


def test_of_the_type_of_a_mail_no_more_is_read_than_servers_write():
    attempt = uuid.uuid4()
    mail = dsn(attempt)
    assert b"multipart/report; " in mail

    endless = mail.replace(b"multipart/report; ", b"multipart/report" + b";" * 30_000 + b" ", 1)

    assert read_mail(mail, secret=SECRET).kind is ReportKind.BOUNCED
    assert read_mail(endless, secret=SECRET).kind is ReportKind.NO_REPORT


@pytest.mark.parametrize(("action", "status"), [("failed", "5.1.1"), ("failed", "4.2.2")])
def test_no_bounce_revokes_a_proven_notification(reported, tmp_path, action, status):
    owed, attempt = sent_by_mail()
    report(attempt)

    read = collect_mail(
        maildir(tmp_path, dsn(attempt, action=action, status=status, secret=return_secret())), on=ON
    )

    assert (read.intake.bounced, read.intake.failed, read.intake.repeated) == (0, 0, 1)
    assert (notice(owed).state, notice(owed).delivered_on) == ("delivered", ON)


def test_a_full_mailbox_is_retried_daily_up_to_the_usual_number_of_attempts(reported, tmp_path):
    owed, attempt = sent_by_mail()

    read = collect_mail(maildir(tmp_path, dsn(attempt, status="5.2.2", secret=return_secret())), on=ON)

    wait = notice(owed).next_try_at - clock.now()
    assert (read.intake.failed, notice(owed).state) == (1, "queued")
    assert 23 * 3600 < wait.total_seconds() <= 24 * 3600
    for day in range(1, 5):
        clock.set_demo_date(ON + dt.timedelta(days=day))
        retry_notices()
        send_due(console_authority(), on=ON, by_channel={Channel.EMAIL: Way()})
        latest = attempts(owed)[-1].attempt_id
        collect_mail(maildir(tmp_path, dsn(latest, status="5.2.2", secret=return_secret())), on=ON)
    retry_notices()
    send_due(console_authority(), on=ON, by_channel={Channel.EMAIL: Way()})
    clock.set_demo_date(ON)
    assert ([one.outcome for one in attempts(owed)], notice(owed).state) == (["failed"] * 5, "bounced")


def test_the_envelope_of_a_notice_carries_its_own_return_address(reported, tmp_path):
    mailboxes = Mailboxes()
    host = MailHost(mailboxes)
    host.start()
    try:
        server = SmtpGateway(
            host.url, sender="register@operator.example", operator="Invented", bounce_mailbox=MAILBOX,
            secret=return_secret(),
        )  # fmt: skip
        owed = tell(make_sealed_line(number=None, service="domain"))
        send_due(console_authority(), on=ON, by_channel={Channel.EMAIL: server})
    finally:
        host.stop()

    ((_, envelope),) = mailboxes.kept
    attempt = attempts(owed)[0].attempt_id
    assert attempts_named(envelope.mail_from, secret=return_secret()) == {attempt}
    assert b"From: Invented <register@operator.example>" in envelope.content


def test_a_mail_server_may_pipe_one_report(reported, monkeypatch):
    owed, attempt = sent_by_mail()
    raw = dsn(attempt, secret=return_secret())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

    read = collect_mail(Path("-"), on=ON)

    assert (read.intake.bounced, notice(owed).state) == (1, "queued")


def test_what_is_no_mailbox_is_refused_and_an_instance_without_reports_too(reported, tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with refusing(NO_BOUNCE_MAILBOX):
            collect_mail(place, on=ON)
    write_settings(notices={"bounce_mailbox": None})
    with refusing(NO_RETURN_ADDRESS):
        collect_mail(tmp_path, on=ON)


def test_the_secret_of_the_tags_is_its_owner_s_alone(reported):
    first = return_secret()

    assert return_secret() == first
    assert len(first) == 32
    assert stat.S_IMODE((data_dir() / "secrets" / "bounces.key").stat().st_mode) == 0o600


def test_the_command_says_what_came_and_shows_no_address(reported, tmp_path):
    _, attempt = sent_by_mail()
    path = maildir(tmp_path, dsn(attempt, secret=return_secret()), answer(attempt, secret=return_secret()))

    collected = run.invoke(make_app(), ["notices", "collect", "--mail", str(path)])

    assert collected.exit_code == 0, collected.output
    assert "1 bounced" in collected.output
    assert "1 are not reports about our mails" in collected.output
    assert "tashi" not in collected.output
