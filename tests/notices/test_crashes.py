"""A process killed in the middle of sending leaves no one unnotified and sends nothing under two references."""

import datetime as dt
import email
import json
import signal
from collections import Counter

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.claims import dead_claims
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.models import Line
from rollkeeper.notices.gateways.file import FileGateway
from rollkeeper.notices.gateways.smtp import SmtpGateway
from rollkeeper.notices.services import send_due
from tests.builders.lines import make_sealed_line
from tests.builders.notices import retry_notices
from tests.notices.fakes import Mailboxes, MailHost, Way
from tests.notices.people import ON, attempts, notice, tell

WORKER = {"ROLLKEEPER_ROLE": "worker"}


@pytest.mark.parametrize("where", ["before anything was sent", "half way", "after all was sent"])
def test_a_killed_run_is_finished_by_the_next_one(committed, command_server, tmp_path, where):
    clock.set_demo_date(ON)
    owed = [tell(make_sealed_line(f"+861390000{n:04}")) for n in range(20)]
    child = command_server.run(
        "@tests.notices.dying_run:into_outbox", str(tmp_path), where, surroundings=WORKER
    )
    claimed = database.rows("SELECT claimed_by FROM notices_notice WHERE claimed_by IS NOT NULL")
    intended = {row.attempt_id for one in owed for row in attempts(one)}
    while not dead_claims([row.claimed_by for row in claimed]):  # until the server has noticed
        pass

    send_due(worker_authority(), on=ON, by_channel={Channel.SMS: FileGateway(tmp_path)})

    messages = [json.loads(line) for line in (tmp_path / "messages.jsonl").read_text("utf-8").splitlines()]
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert len(intended) == len(owed)
    assert {notice(one).state for one in owed} == {"sent"}
    assert sorted(row["reference"] for row in messages) == sorted(map(str, intended))


def test_of_mails_no_more_than_a_handful_goes_out_twice_after_a_crash(committed, command_server):
    clock.set_demo_date(ON)
    owed = [tell(make_sealed_line(number=None, contact=f"subscriber{n}@mail.example")) for n in range(40)]
    mailboxes = Mailboxes()
    host = MailHost(mailboxes)
    host.start()
    try:
        child = command_server.run("@tests.notices.dying_run:by_mail", host.url, "27", surroundings=WORKER)
        claimed = database.rows("SELECT claimed_by FROM notices_notice WHERE claimed_by IS NOT NULL")
        while not dead_claims([row.claimed_by for row in claimed]):
            pass
        kept_before = len(mailboxes.kept)

        way = SmtpGateway(host.url, sender="register@operator.example", operator="Test")
        send_due(worker_authority(), on=ON, by_channel={Channel.EMAIL: way})
    finally:
        host.stop()

    ids = Counter(email.message_from_bytes(one.content)["Message-ID"] for _, one in mailboxes.kept)
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert kept_before == 27
    assert {notice(one).state for one in owed} == {"sent"}
    assert len(ids) == len(owed)
    assert sorted(ids.values()) == [1] * 33 + [2] * 7


def killed(command_server, folder, where):
    """Let a run die there, and wait until its claims are known to be dead."""
    command_server.run("@tests.notices.dying_run:into_outbox", str(folder), where, surroundings=WORKER)
    claimed = database.rows("SELECT claimed_by FROM notices_notice WHERE claimed_by IS NOT NULL")
    while not dead_claims([row.claimed_by for row in claimed]):
        pass


def test_an_intention_whose_channel_is_shut_by_now_is_not_carried_out(committed, command_server, tmp_path):
    clock.set_demo_date(ON)
    line = make_sealed_line(contact=None)
    owed = tell(line)
    killed(command_server, tmp_path, "before anything was sent")
    Line.objects.update(is_registered=True)

    send_due(worker_authority(), on=ON, by_channel={Channel.SMS: FileGateway(tmp_path)})

    assert notice(owed).state == "withdrawn"
    assert [one.outcome for one in attempts(owed)] == ["failed"]
    assert not (tmp_path / "messages.jsonl").exists()


def test_an_attempt_deferred_by_quiet_hours_keeps_its_reference(committed, command_server, tmp_path):
    clock.set_demo_date(ON)
    owed = tell(make_sealed_line(contact=None))
    killed(command_server, tmp_path, "after everything was sent")
    (printed,), way = attempts(owed), Way(rings=True)
    now = clock.now().astimezone(clock.zone())
    hour = dt.timedelta(hours=1)
    write_settings(notices={"quiet_from": (now - hour).time(), "quiet_until": (now + hour).time()})
    try:
        send_due(worker_authority(), on=ON, by_channel={Channel.SMS: way})
    finally:
        write_settings(notices={"quiet_from": dt.time(), "quiet_until": dt.time()})
    waiting = notice(owed).state, [one.outcome for one in attempts(owed)]
    retry_notices()
    send_due(worker_authority(), on=ON, by_channel={Channel.SMS: way})

    assert waiting == ("queued", ["waiting"])
    assert [(one.reference, one.is_repeat) for one in way.heard] == [(printed.attempt_id, True)]


def test_the_workers_own_role_has_the_rights_that_sending_needs(committed, command_server, tmp_path):
    owed = tell(make_sealed_line())

    done = command_server.run(
        "@tests.notices.dying_run:into_outbox_to_the_end", str(tmp_path), surroundings=WORKER
    )

    assert done.returncode == 0, done.stderr
    assert notice(owed).state == "sent"
    assert notice(owed).queued_on == dt.date(2011, 12, 20)
