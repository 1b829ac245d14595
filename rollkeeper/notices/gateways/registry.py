# SPDX-License-Identifier: EUPL-1.2
"""The gateways that this instance has. A gateway is imported where the settings name it, so that no process carries the others."""

from collections.abc import Mapping

from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.notices.gateways.base import Gateway
from rollkeeper.notices.settings import settings


def gateways() -> Mapping[Channel, Gateway]:
    """Return the channels that this instance has, in the order in which it wants them tried.

    A demo instance has the file outbox for every channel; e-mail goes by SMTP and SMS by SMPP where a server is set,
    calls and letters by the operator's programs where they are named.
    """
    from rollkeeper.notices.gateways.file import FileGateway
    from rollkeeper.notices.gateways.letters import LetterGateway
    from rollkeeper.notices.gateways.smpp import SmppGateway
    from rollkeeper.notices.gateways.smtp import SmtpGateway
    from rollkeeper.notices.gateways.voice import VoiceGateway

    by_channel: dict[Channel, Gateway] = {}
    if instance().kind is InstanceKind.DEMO:
        outbox = FileGateway.of_this_instance()
        by_channel = dict.fromkeys(Channel, outbox)
    if settings().smtp_url is not None:
        by_channel[Channel.EMAIL] = SmtpGateway.of_this_instance()
    if settings().smpp_url is not None:
        by_channel[Channel.SMS] = SmppGateway.of_this_instance()
    if settings().voice_program is not None:
        by_channel[Channel.VOICE] = VoiceGateway.of_this_instance()
    if settings().post_program is not None:
        by_channel[Channel.POST] = LetterGateway.of_this_instance()
    return {
        channel: by_channel[channel] for channel in map(Channel, settings().channels) if channel in by_channel
    }
