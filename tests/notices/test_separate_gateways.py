"""Each gateway has its own job: one that hangs holds up no other, and doctor names it."""

import threading
from contextvars import copy_context

import pytest
from django.db import connections

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.settings import write_settings
from rollkeeper.notices import jobs
from rollkeeper.notices.gateways.base import Answer, GatewayAway
from rollkeeper.notices.services import prepare_sending, send_due
from rollkeeper.notices.settings import settings
from rollkeeper.operations.peer_check import look_at_peers
from tests.builders.lines import make_sealed_line
from tests.builders.notices import lose_gateway, retry_notices
from tests.notices.fakes import Way
from tests.notices.people import ON, notice, tell

MAILBOX = "tenzin@example.org"


@pytest.fixture
def gateways(committed, monkeypatch):
    clock.set_demo_date(ON)
    by_channel = {channel: Way() for channel in Channel}
    monkeypatch.setattr(jobs, "gateway_of", by_channel.__getitem__)
    return by_channel


def run(channel):
    (job,) = [one for one in jobs.JOBS if one.name == f"send-{channel.value}"]
    return job.run()


def apart(do, *given):
    """Do something as another thread does it, with its own connections."""
    try:
        do(*given)
    finally:
        connections.close_all()


def owed_by_mail_and_by_sms():
    return tell(make_sealed_line(contact=MAILBOX, service="internet_access")), tell(
        make_sealed_line(contact=None)
    )


def due_again(owed):
    retry_notices(notice_id=owed)


def test_a_gateway_that_hangs_holds_up_no_other_channel(gateways):
    by_mail, by_sms = owed_by_mail_and_by_sms()
    begun, may_answer = threading.Event(), threading.Event()
    gateways[Channel.EMAIL].answer = lambda _: (begun.set(), may_answer.wait(60), Answer.ACCEPTED)[-1]
    hanging = threading.Thread(target=copy_context().run, args=[apart, run, Channel.EMAIL])
    hanging.start()

    try:
        assert begun.wait(10)
        run(Channel.SMS)
        while_it_hangs = notice(by_mail).state, notice(by_sms).state
    finally:
        may_answer.set()
        hanging.join()

    assert while_it_hangs == ("queued", "sent")
    assert notice(by_mail).state == "sent"


def test_a_job_leaves_to_another_gateway_what_is_its_own(gateways):
    by_mail, by_sms = owed_by_mail_and_by_sms()

    looked_at = run(Channel.SMS)

    assert looked_at == 2
    assert (notice(by_mail).state, notice(by_mail).next_channel) == ("queued", "email")
    assert notice(by_sms).state == "sent"
    assert not gateways[Channel.EMAIL].heard
    assert run(Channel.SMS) == 0
    assert run(Channel.EMAIL) == 1


def test_what_a_gateway_did_not_take_waits_for_it_alone_and_is_named(gateways):
    by_mail, _ = owed_by_mail_and_by_sms()
    gateways[Channel.EMAIL].answer = lambda _: Answer.RETRY
    gateways[Channel.EMAIL].reference = lambda _: None
    for _ in range(2):
        with pytest.raises(GatewayAway):
            run(Channel.EMAIL)
        due_again(by_mail)

    run(Channel.SMS)

    assert (notice(by_mail).state, notice(by_mail).next_channel) == ("queued", "email")
    assert [one.sentence for one in look_at_peers()] == [
        f"The gateway of 'email' did not take 1 notices, the oldest of {ON}."
    ]
    gateways[Channel.EMAIL].answer = lambda _: Answer.ACCEPTED
    run(Channel.EMAIL)
    assert [one.health for one in look_at_peers()] == ["ok"]


def test_a_channel_that_was_tried_in_vain_gives_way_to_the_next(gateways):
    owed = tell(make_sealed_line(contact=MAILBOX))
    gateways[Channel.SMS].answer = lambda _: Answer.RETRY
    gateways[Channel.SMS].reference = lambda _: None

    for _ in range(settings().tries):
        retry_notices(notice_id=owed)
        with pytest.raises(GatewayAway):
            run(Channel.SMS)
    retry_notices(notice_id=owed)
    run(Channel.SMS)

    assert notice(owed).next_channel not in ("", "sms")


def test_a_gateway_that_is_taken_away_keeps_nothing(committed):
    write_settings(notices={"channels": ["sms"]})
    try:
        owed = tell(make_sealed_line(contact=None))
        lose_gateway("email", notice_id=owed)

        prepare_sending(worker_authority(), on=ON)

        assert notice(owed).next_channel == ""
    finally:
        write_settings(notices={"channels": ["sms", "voice", "email", "post"]})


def test_a_command_sends_by_every_channel_whatever_was_decided(gateways):
    owed = owed_by_mail_and_by_sms()
    run(Channel.SMS)

    send_due(worker_authority(), on=ON, by_channel=gateways)

    assert [notice(one).state for one in owed] == ["sent", "sent"]
