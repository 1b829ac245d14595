# SPDX-License-Identifier: EUPL-1.2
"""Mails invitations to staff: the code is made when it is sent and kept only as a hash; then the address is forgotten."""

from typing import Final
from uuid import UUID

from rollkeeper.access.invitations import give_code, invitations_to_send, mark_sent
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.notices.gateways.base import Answer, Gateway, Message
from rollkeeper.notices.settings import settings
from rollkeeper.notices.texts import RenderedText
from rollkeeper.vault.secret_value import SecretValue

_MOST: Final = 20
_TEXTS: Final = {
    "en": (
        "Your account at the register of {operator}",
        (
            "Open the back office of the register, choose 'I have an invitation', and enter:\n\nUser name: {username}\nCode: {code}\n\n"
            "The code is good once and for three days. You then set your own password and add a second factor. "
            "If you did not expect this, tell an administrator."
        ),
    ),
    "zh-hans": (
        "您在{operator}登记系统的账号",
        (
            "请打开登记系统的管理后台，选择“我有邀请码”，并填写：\n\n用户名：{username}\n邀请码：{code}\n\n"
            "邀请码只能使用一次，三天内有效。随后请自行设置密码并添加第二验证因素。如非您所预期，请告知管理员。"
        ),
    ),
}


def send_invitations() -> int:
    """Mail the waiting invitations; return how many went. Without a gateway for mail they wait until they expire."""
    gateway = _gateway()
    if gateway is None:
        return 0
    waiting = invitations_to_send(most=_MOST)
    return sum(_send(gateway, one, username, address) for one, username, address in waiting)


def _gateway() -> Gateway | None:
    if settings().smtp_url is not None:
        from rollkeeper.notices.gateways.smtp import SmtpGateway

        return SmtpGateway.of_this_instance()
    if instance().kind is InstanceKind.DEMO:
        from rollkeeper.notices.gateways.file import FileGateway

        return FileGateway.of_this_instance()
    return None


def _send(gateway: Gateway, invitation_id: UUID, username: str, address: str) -> bool:
    said = {"operator": instance().operator_name, "username": username, "code": give_code(invitation_id)}
    address_line = f"\n\n{where}" if (where := access_settings().backoffice_address) else ""
    texts = tuple(
        RenderedText(language, subject.format(**said), text.format(**said) + address_line)
        for language, (subject, text) in _TEXTS.items()
    )
    message = Message(
        reference=invitation_id, channel=Channel.EMAIL, address=SecretValue(address), texts=texts
    )
    (result,) = gateway.send([message])
    if result.answer is not Answer.ACCEPTED:
        return False
    mark_sent(invitation_id)
    return True
