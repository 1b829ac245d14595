# SPDX-License-Identifier: EUPL-1.2
"""The gateways that this instance has. A gateway is imported only if the settings name it, so that no process loads the others."""

from collections.abc import Callable, Mapping
from typing import Final

from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.notices.gateways.base import Gateway
from rollkeeper.notices.settings import settings

SETTINGS_OF: Final[Mapping[Channel, str]] = {
    Channel.SMS: "smpp_url", Channel.VOICE: "voice_program", Channel.EMAIL: "smtp_url", Channel.POST: "post_program",
}  # fmt: skip
"""The setting, in the table `notices`, that names the server or program of each channel."""


def gateways() -> Mapping[Channel, Gateway]:
    """Return the gateway of each channel that this instance has, in the order in which it wants them tried."""
    return {channel: gateway_of(channel) for channel in channels_with_a_gateway()}


def channels_with_a_gateway() -> list[Channel]:
    """Return the channels that this instance has, in the order in which it wants them tried.

    A demo instance has the file outbox for every channel; e-mail goes by SMTP and SMS by SMPP where a server is set,
    calls and letters by the operator's programs where they are named.
    """
    has_all = instance().kind is InstanceKind.DEMO
    return [channel for channel in map(Channel, settings().channels) if has_all or _is_set(channel)]


def gateway_of(channel: Channel) -> Gateway:
    """Return the gateway of a channel that this instance has. It works even if the settings of another gateway are faulty."""
    return _MAKERS[channel]() if _is_set(channel) else _outbox()


def _is_set(channel: Channel) -> bool:
    return getattr(settings(), SETTINGS_OF[channel]) is not None


def _outbox() -> Gateway:
    from rollkeeper.notices.gateways.file import FileGateway

    return FileGateway.of_this_instance()


def _smtp() -> Gateway:
    from rollkeeper.notices.gateways.smtp import SmtpGateway

    return SmtpGateway.of_this_instance()


def _smpp() -> Gateway:
    from rollkeeper.notices.gateways.smpp import SmppGateway

    return SmppGateway.of_this_instance()


def _voice() -> Gateway:
    from rollkeeper.notices.gateways.voice import VoiceGateway

    return VoiceGateway.of_this_instance()


def _letters() -> Gateway:
    from rollkeeper.notices.gateways.letters import LetterGateway

    return LetterGateway.of_this_instance()


_MAKERS: Final[Mapping[Channel, Callable[[], Gateway]]] = {
    Channel.EMAIL: _smtp, Channel.SMS: _smpp, Channel.VOICE: _voice, Channel.POST: _letters,
}  # fmt: skip
