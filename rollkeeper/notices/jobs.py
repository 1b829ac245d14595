# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: send queued notices, and collect outcomes from the message centre, the mail server and the
calls.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.notices.errors import REPORT_IDS_UNKNOWN
from rollkeeper.notices.gateways.base import GatewayAway, GatewayBroken
from rollkeeper.notices.gateways.registry import channels_with_a_gateway, gateway_of
from rollkeeper.notices.settings import settings

if TYPE_CHECKING:
    from rollkeeper.notices.services import IntakeResult

_MOST = 500
_LISTENS_S = 10.0


def send_alarms() -> int:
    """Mail alarms, new approvers and a full disk to the configured contacts. A separate job: a mail server that hangs holds up no other channel."""
    from rollkeeper.notices.alarms import (
        mail_alarms,
        mail_changed_factors,
        mail_low_room,
        mail_new_approvers,
    )

    mail_alarms()
    mail_new_approvers()
    mail_changed_factors()
    mail_low_room()
    return 0


def send_invitations() -> int:
    """Mail invitations to staff."""
    from rollkeeper.notices.staff_invitations import send_invitations as send_waiting

    return send_waiting()


def prepare() -> int:
    """Do what comes before sending by any channel."""
    from rollkeeper.notices.services import prepare_sending

    return prepare_sending(worker_authority(), on=clock.today())


def remind_of_last_days() -> int:
    """Queue a notice to subscribers whose registration has a last day that is near, or over."""
    from rollkeeper.notices.last_days import remind_of_last_days as remind

    return remind(worker_authority(), on=clock.today(), limit=_MOST)


def send(channel: Channel) -> int:
    """Send a bounded part of the queued notices by one channel."""
    from rollkeeper.notices.services import send_by

    sent = send_by(
        worker_authority(), on=clock.today(), limit=_MOST, by_channel={channel: gateway_of(channel)},
        present=channels_with_a_gateway(),
    )  # fmt: skip
    if sent.broken:
        raise GatewayBroken
    if sent.away:
        raise GatewayAway
    return sent.total


def _sends(channel: Channel) -> PeriodicJob:
    """Return the job of one gateway, so that a gateway that hangs or is slow delays no other."""
    return PeriodicJob(
        f"send-{channel.value}",
        partial(send, channel),
        interval_s=lambda: 15.0,
        batch_size=_MOST,
        needs_keys=lambda: False,
        is_enabled=lambda: channel in channels_with_a_gateway(),
        # Each failed notice has its own wait, so the job does not back off: the channel's other notices are sent.
        expected_errors=frozenset({GatewayBroken.__name__, GatewayAway.__name__}),
    )


def collect() -> int:
    """Listen for some seconds, and record what is known of whole messages; return how many outcomes were new."""
    from rollkeeper.notices import report_collection

    heard = report_collection.collect_short_messages(
        seconds=_LISTENS_S, on=clock.today(), by=worker_authority()
    )
    if heard.is_away and not _changed(heard.intake):
        raise ConnectionError("the message centre is out of reach")
    if heard.unknown:
        raise heard.unknown
    return _changed(heard.intake)


def collect_calls() -> int:
    """Ask the program that places calls how they ended."""
    from rollkeeper.notices import report_collection

    return _changed(report_collection.collect_calls(on=clock.today(), by=worker_authority()))


def collect_mail() -> int:
    """Read the mailbox to which mail servers report."""
    from rollkeeper.notices import report_collection

    folder = Path(str(settings().bounce_mailbox_path))
    return _changed(report_collection.collect_mail(folder, on=clock.today(), by=worker_authority()).intake)


def settle_letters() -> int:
    """Judge the returned letters that the back office noted."""
    from rollkeeper.notices import returned_mail

    return returned_mail.settle_letters(worker_authority(), on=clock.today())


def _changed(intake: "IntakeResult") -> int:
    return intake.delivered + intake.bounced + intake.failed + intake.uncounted


JOBS = (
    PeriodicJob("prepare-notices", prepare, interval_s=lambda: 15.0, needs_keys=lambda: False),
    PeriodicJob(
        "remind-of-last-days",
        remind_of_last_days,
        interval_s=lambda: 600.0,
        batch_size=_MOST,
        needs_keys=lambda: False,
    ),
    *map(_sends, Channel),
    PeriodicJob(
        "send-alarms",
        send_alarms,
        interval_s=lambda: 15.0,
        is_enabled=lambda: settings().alarms_to is not None and settings().smtp_url is not None,
    ),
    PeriodicJob(
        "send-invitations",
        send_invitations,
        interval_s=lambda: 5.0,
        needs_keys=lambda: False,
        for_apps=True,
    ),
    PeriodicJob(
        "collect-reports",
        collect,
        interval_s=lambda: _LISTENS_S,
        needs_keys=lambda: False,
        # Reports are received and kept all the same. With back-off, ten seconds of listening in ten minutes would lose the reports
        # of a centre that gives up.
        expected_errors=frozenset({REPORT_IDS_UNKNOWN.code}),
        is_enabled=lambda: settings().smpp_url is not None,
    ),
    PeriodicJob(
        "collect-calls",
        collect_calls,
        interval_s=lambda: 60.0,
        needs_keys=lambda: False,
        is_enabled=lambda: settings().voice_program is not None,
    ),
    PeriodicJob(
        "collect-mail",
        collect_mail,
        interval_s=lambda: 60.0,
        needs_keys=lambda: False,
        is_enabled=lambda: (
            settings().bounce_mailbox is not None and settings().bounce_mailbox_path is not None
        ),
    ),
    PeriodicJob(
        "settle-letters", settle_letters, interval_s=lambda: 15.0, batch_size=_MOST, needs_keys=lambda: False
    ),
)
