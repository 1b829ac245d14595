# SPDX-License-Identifier: EUPL-1.2
"""The gateways that this instance has. A gateway is imported where the settings name it, so that no process carries the others."""

from collections.abc import Mapping

from rollkeeper.kernel.settings import HomeKind, settings
from rollkeeper.notices.gateways.base import Gateway
from rollkeeper.notices.kinds import Channel


def gateways() -> Mapping[Channel, Gateway]:
    """Return the ways that this home has, in the order in which it wants them tried.

    A trial home has the file outbox for every channel; e-mail goes by SMTP and SMS by SMPP where a server is set,
    calls and letters by the operator's programs where they are named.
    """
    from rollkeeper.notices.gateways.letters import Letters
    from rollkeeper.notices.gateways.outbox import Outbox
    from rollkeeper.notices.gateways.smpp import ShortMessages
    from rollkeeper.notices.gateways.smtp import MailServer
    from rollkeeper.notices.gateways.voice import Calls

    ways: dict[Channel, Gateway] = {}
    if settings().kind is HomeKind.TRIAL:
        outbox = Outbox.of_this_home()
        ways = dict.fromkeys(Channel, outbox)
    if settings().smtp_url is not None:
        ways[Channel.EMAIL] = MailServer.of_this_home()
    if settings().smpp_url is not None:
        ways[Channel.SMS] = ShortMessages.of_this_home()
    if settings().voice_program is not None:
        ways[Channel.VOICE] = Calls.of_this_home()
    if settings().post_program is not None:
        ways[Channel.POST] = Letters.of_this_home()
    return {channel: ways[channel] for channel in map(Channel, settings().notice_channels) if channel in ways}
