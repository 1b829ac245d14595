"""What the package does by itself: only where there is something to hear, and as the nightly run."""

import datetime as dt
import json
import mailbox

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.gateways.base import GatewayBroken
from rollkeeper.notices.gateways.smpp_spool import Spool
from rollkeeper.notices.gateways.voice import VoiceGateway
from rollkeeper.notices.jobs import JOBS
from rollkeeper.notices.services import send_due
from rollkeeper.notices.verp import return_secret
from tests.builders.lines import make_sealed_line
from tests.notices.caller import telephone_system
from tests.notices.fakes import Way
from tests.notices.mails import MAILBOX, dsn
from tests.notices.people import ON, attempts, notice, tell


@pytest.fixture
def set_for(committed):
    clock.set_demo_date(ON)

    def changed(**changes):
        write_settings(notices=changes)

    yield changed
    write_settings(notices={"voice_program": None, "bounce_mailbox": None, "bounce_mailbox_path": None})
    (data_dir() / "secrets" / "bounces.key").unlink(missing_ok=True)


def job(name):
    return next(one for one in JOBS if one.name == name)


def test_an_instance_without_calls_and_mail_listens_to_neither(set_for):
    assert not job("collect-calls").is_enabled()
    assert not job("collect-mail").is_enabled()


def test_what_became_of_calls_is_taken_in_by_itself_once(set_for, tmp_path):
    set_for(voice_program=telephone_system(tmp_path))
    owed = tell(make_sealed_line(contact=None, service="fixed_line"))
    send_due(console_authority(), on=ON, by_channel={Channel.VOICE: VoiceGateway.of_this_instance()})
    end = {"reference": str(attempts(owed)[0].attempt_id), "ended": "no_such_number"}
    (tmp_path / "ends.json").write_text(json.dumps([end]))

    assert [job("collect-calls").run(), job("collect-calls").run()] == [1, 0]
    assert attempts(owed)[0].outcome == "bounced"


def test_the_mailbox_for_reports_is_read_by_itself(set_for, tmp_path):
    set_for(bounce_mailbox=MAILBOX, bounce_mailbox_path=str(tmp_path / "Maildir"))
    owed = tell(make_sealed_line(number=None, service="domain"))
    send_due(console_authority(), on=ON, by_channel={Channel.EMAIL: Way()})
    report = dsn(attempts(owed)[0].attempt_id, action="delivered", status="2.0.0", secret=return_secret())
    mailbox.Maildir(tmp_path / "Maildir").add(report)

    assert [job("collect-mail").run(), job("collect-mail").run()] == [1, 0]
    assert notice(owed).state == "delivered"


def test_a_spool_that_cannot_be_read_is_the_job_s_fault_and_spends_no_try(set_for):
    set_for(smpp_url="smpp://x@127.0.0.1:9", quiet_from=dt.time(0), quiet_until=dt.time(0))
    spool = data_dir() / "outbox" / "smpp.sqlite"
    spool.parent.mkdir(exist_ok=True)
    spool.write_bytes(b"no database " * 1000)
    try:
        owed = tell(make_sealed_line())

        for name in ("send-sms", "collect-reports"):
            with pytest.raises(GatewayBroken):
                job(name).run()

        assert [one.outcome for one in attempts(owed)] == ["waiting"]
        assert GatewayBroken.__name__ in job("send-sms").expected_errors
    finally:
        spool.unlink()
        write_settings(notices={"smpp_url": None, "quiet_from": dt.time(), "quiet_until": dt.time()})


def test_what_the_centre_reported_is_taken_in_while_it_cannot_be_reached(set_for):
    set_for(smpp_url="smpp://x@127.0.0.1:9")
    try:
        owed = tell(make_sealed_line())
        send_due(console_authority(), on=ON, by_channel={Channel.SMS: Way()})
        spool, reference = Spool(data_dir() / "outbox" / "smpp.sqlite"), attempts(owed)[0].attempt_id
        spool.keep_part(reference, part=1, parts=1, message_id="1")
        spool.keep_report("1", outcome=Outcome.DELIVERED, at=clock.now())

        took = job("collect-reports").run()

        assert (took, notice(owed).state) == (1, "delivered")
        with pytest.raises(ConnectionError):
            job("collect-reports").run()
    finally:
        (data_dir() / "outbox" / "smpp.sqlite").unlink(missing_ok=True)
        write_settings(notices={"smpp_url": None})
