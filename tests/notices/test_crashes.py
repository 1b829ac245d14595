"""A process killed in the middle of sending leaves no one unnotified and sends nothing under two references."""

import datetime as dt
import email
import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.leases import expired_leases
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.models import Line
from rollkeeper.notices.gateways.file import FileGateway
from rollkeeper.notices.gateways.smtp import SmtpGateway
from rollkeeper.notices.services import send_due
from tests.builders.lines import make_sealed_line
from tests.builders.notices import retry_notices
from tests.notices.fakes import Mailboxes, MailHost, Way
from tests.notices.people import ON, attempts, notice, tell

# A child that sends into the file outbox and kills itself, without a last word, where the test says.
CHILD = """
import os, signal, sys, datetime as dt
from pathlib import Path
import django; django.setup()
from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.notices.services import send_due
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.gateways.file import FileGateway
from rollkeeper.operations.bootstrap import open_instance
folder, where = Path(sys.argv[1]), sys.argv[2]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
class Dying(FileGateway):
    def send(self, messages):
        if where == "before anything was sent":
            die()
        if where == "half way":
            super().send(messages[: len(messages) // 2])
            die()
        super().send(messages)
        die()
open_instance()
clock.set_demo_date(dt.date(2011, 12, 20))
send_due(worker_authority(), on=dt.date(2011, 12, 20), by_channel={Channel.SMS: Dying(folder)})
"""

# The same with a real mail server, killed when it has given away so many mails.
MAILING_CHILD = """
import os, signal, sys, datetime as dt
import django; django.setup()
from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.notices.services import send_due
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.gateways.smtp import SmtpGateway
from rollkeeper.operations.bootstrap import open_instance
class Dying(SmtpGateway):
    left = int(sys.argv[2])
    def _send_one(self, server, message):
        given = super()._send_one(server, message)
        Dying.left -= 1
        if not Dying.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return given
open_instance()
clock.set_demo_date(dt.date(2011, 12, 20))
way = Dying(sys.argv[1], sender="register@operator.example", operator="Test")
send_due(worker_authority(), on=dt.date(2011, 12, 20), by_channel={Channel.EMAIL: way})
"""


@pytest.mark.parametrize("where", ["before anything was sent", "half way", "after all was sent"])
def test_a_killed_run_is_finished_by_the_next_one(committed, tmp_path, where):
    clock.set_demo_date(ON)
    owed = [tell(make_sealed_line(f"+861390000{n:04}")) for n in range(20)]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), where],
        env=os.environ | {"ROLLKEEPER_ROLE": "worker"},
        check=False,
    )
    claimed = database.rows("SELECT claimed_by FROM notices_notice WHERE claimed_by IS NOT NULL")
    intended = {row.attempt_id for one in owed for row in attempts(one)}
    while not expired_leases([row.claimed_by for row in claimed]):  # until the server has noticed
        pass

    send_due(worker_authority(), on=ON, by_channel={Channel.SMS: FileGateway(tmp_path)})

    messages = [json.loads(line) for line in (tmp_path / "messages.jsonl").read_text("utf-8").splitlines()]
    assert child.returncode == -signal.SIGKILL
    assert len(intended) == len(owed)
    assert {notice(one).state for one in owed} == {"sent"}
    assert sorted(row["reference"] for row in messages) == sorted(map(str, intended))


def test_of_mails_no_more_than_a_handful_goes_out_twice_after_a_crash(committed):
    clock.set_demo_date(ON)
    owed = [tell(make_sealed_line(number=None, contact=f"subscriber{n}@mail.example")) for n in range(40)]
    mailboxes = Mailboxes()
    host = MailHost(mailboxes)
    host.start()
    try:
        child = subprocess.run(
            [sys.executable, "-c", MAILING_CHILD, host.url, "27"],
            env=os.environ | {"ROLLKEEPER_ROLE": "worker"},
            check=False,
        )
        claimed = database.rows("SELECT claimed_by FROM notices_notice WHERE claimed_by IS NOT NULL")
        while not expired_leases([row.claimed_by for row in claimed]):
            pass
        kept_before = len(mailboxes.kept)

        way = SmtpGateway(host.url, sender="register@operator.example", operator="Test")
        send_due(worker_authority(), on=ON, by_channel={Channel.EMAIL: way})
    finally:
        host.stop()

    ids = Counter(email.message_from_bytes(one.content)["Message-ID"] for _, one in mailboxes.kept)
    assert child.returncode == -signal.SIGKILL
    assert kept_before == 27
    assert {notice(one).state for one in owed} == {"sent"}
    assert len(ids) == len(owed)
    assert sorted(ids.values()) == [1] * 33 + [2] * 7


def killed(folder, where):
    """Let a run die there, and wait until its claims are known to be dead."""
    subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), where],
        env=os.environ | {"ROLLKEEPER_ROLE": "worker"},
        check=False,
    )
    claimed = database.rows("SELECT claimed_by FROM notices_notice WHERE claimed_by IS NOT NULL")
    while not expired_leases([row.claimed_by for row in claimed]):
        pass


def test_an_intention_whose_channel_is_shut_by_now_is_not_carried_out(committed, tmp_path):
    clock.set_demo_date(ON)
    line = make_sealed_line(contact=None)
    owed = tell(line)
    killed(tmp_path, "before anything was sent")
    Line.objects.update(is_registered=True)

    send_due(worker_authority(), on=ON, by_channel={Channel.SMS: FileGateway(tmp_path)})

    assert notice(owed).state == "withdrawn"
    assert [one.outcome for one in attempts(owed)] == ["failed"]
    assert not (tmp_path / "messages.jsonl").exists()


def test_an_attempt_deferred_by_quiet_hours_keeps_its_reference(committed, tmp_path):
    clock.set_demo_date(ON)
    owed = tell(make_sealed_line(contact=None))
    killed(tmp_path, "after everything was sent")
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


def test_the_workers_own_role_has_the_rights_that_sending_needs(committed, tmp_path):
    owed = tell(make_sealed_line())
    script = CHILD.replace("Dying(folder)", "FileGateway(folder)")

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), "-"],
        env=os.environ | {"ROLLKEEPER_ROLE": "worker"},
        check=False,
    )

    assert done.returncode == 0
    assert notice(owed).state == "sent"
    assert notice(owed).queued_on == dt.date(2011, 12, 20)
