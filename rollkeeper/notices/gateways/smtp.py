# SPDX-License-Identifier: EUPL-1.2
"""E-mail by the operator's own mail server: one message, one recipient, no personal data except the address.

A server that took a message has not delivered it: the notice is sent, not delivered. If the server offers delivery reports (DSN,
RFC 3461), they are requested. Each message has its own return address (`bounce_mailbox`), by which a report finds its attempt,
requested or not; `dsn_parser.py` reads them.
"""

import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from rollkeeper.kernel import clock
from rollkeeper.kernel.deadlines import Deadline, WatchedSmtp, WatchedSmtpOverTls, watch
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import data_dir
from rollkeeper.notices.dsn_parser import concerns_mailbox, is_unknown_mailbox
from rollkeeper.notices.gateways.base import Answer, Message, SubmissionResult, log_away
from rollkeeper.notices.settings import settings
from rollkeeper.notices.verp import return_address, return_secret

_PORTS: Final = {"smtp": 25, "smtps": 465}
_MAILBOX: Final = re.compile(r"""[^\s@<>()\[\],;:"\\]+@[^\s@<>()\[\],;:"\\]+""")
_ENHANCED: Final = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_CLOSING: Final = 421
_ON_THIS_MACHINE: Final = {"127.0.0.1", "::1", "localhost"}
_ANSWERS_WITHIN: Final = 20
"""Multiples of the connection timeout for one mail: a server that scans it before accepting it may be silent for ten minutes (RFC 5321,
4.5.3.2.6), and it sends the mail even if no one waits for its answer. An answer that has begun must end within one timeout, and so must
greeting and signing in.
"""
_LATER: Final = SubmissionResult(Answer.RETRY)
_REFUSED: Final = SubmissionResult(Answer.REFUSED)


class NotEncrypted(Exception):
    """The server offers no STARTTLS, and the instance requires it or a password would go out in clear."""


class NoPassword(Exception):
    """The settings name a user without a password: the server would refuse every mail."""


class SmtpGateway:
    """The gateway to the server. It respects no quiet hours because mail does not ring."""

    rings, batch_size = False, 10

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        operator: str,
        password: str | None = None,
        demands_tls: bool = False,
        patience_s: float = 30,
        bounce_mailbox: str | None = None,
        secret: bytes = b"",
    ) -> None:
        self._url, self._password = urlsplit(url), password
        self._bounces_to, self._secret = bounce_mailbox, secret
        self._sender, self._operator = sender, operator
        self._requires_tls, self._patience_s = demands_tls, patience_s

    @classmethod
    def of_this_instance(cls) -> "SmtpGateway":
        """Return the mail server that the settings name, with its password from ``secrets/smtp.password``."""
        chosen, file = settings(), data_dir() / "secrets" / "smtp.password"
        return cls(
            str(chosen.smtp_url),
            sender=chosen.email_from,
            operator=instance().operator_name,
            password=file.read_text("utf-8").strip() if file.exists() else None,
            demands_tls=chosen.smtp_requires_tls,
            bounce_mailbox=chosen.bounce_mailbox,
            secret=return_secret() if chosen.bounce_mailbox else b"",
        )

    def send(self, messages: Sequence[Message]) -> list[SubmissionResult]:
        """Send over one connection; when it breaks, the rest is for later."""
        answers: list[SubmissionResult] = []
        faults = (OSError, smtplib.SMTPException, NotEncrypted, NoPassword)
        try:
            server = self._connect()
            try:
                for message in messages:
                    with self._within(_ANSWERS_WITHIN):
                        watch(server.sock)
                        answers.append(self._send_one(server, message))
            finally:  # what was sent before a break counts
                with self._within(1), suppress(*faults):
                    watch(server.sock)
                    server.quit()
                server.close()
        except faults as fault:
            log_away("The mail server", fault)
        return answers + [_LATER] * (len(messages) - len(answers))

    def _within(self, patience: int) -> Deadline:
        return Deadline(patience * self._patience_s, peer=str(self._url.hostname))

    def _connect(self) -> smtplib.SMTP:
        with self._within(1) as deadline:
            server = self._greeted()
        if deadline.has_passed:
            server.close()
            raise smtplib.SMTPServerDisconnected
        return server

    def _greeted(self) -> smtplib.SMTP:
        host, port = str(self._url.hostname), self._url.port or _PORTS[self._url.scheme]
        tls = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: WatchedSmtp = WatchedSmtpOverTls(host, port, timeout=self._patience_s, context=tls)
        else:
            server = WatchedSmtp(host, port, timeout=self._patience_s)
        server.answer_within_s = self._patience_s
        try:
            self._greet(server, tls)
            if server.sock is not None:
                server.sock.settimeout(_ANSWERS_WITHIN * self._patience_s)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP, tls: ssl.SSLContext) -> None:
        server.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=tls)
            server.ehlo()
        elif self._url.scheme == "smtp" and (self._requires_tls or self._would_tell_password()):
            raise NotEncrypted
        if self._url.username and not self._password:
            raise NoPassword
        if self._url.username and self._password:
            server.login(unquote(self._url.username), self._password)

    def _would_tell_password(self) -> bool:
        return bool(self._url.username) and self._url.hostname not in _ON_THIS_MACHINE

    def _send_one(self, server: smtplib.SMTP, message: Message) -> SubmissionResult:
        """Send one message. Raises where the connection is of no further use; addresses never get into an error."""
        try:
            mail, to = self._mail(message), message.address.reveal()
        except ValueError:
            return _REFUSED
        try:
            refused = self._hand_over(server, mail, to, message)
        except (UnicodeEncodeError, smtplib.SMTPNotSupportedError):
            return _REFUSED
        return refused or SubmissionResult(Answer.ACCEPTED, mail["Message-ID"])

    def _hand_over(
        self, server: smtplib.SMTP, mail: EmailMessage, to: str, message: Message
    ) -> SubmissionResult | None:
        reports = server.has_extn("dsn")
        try:
            server.send_message(
                mail,
                from_addr=self._return_address(message),
                to_addrs=[to],
                mail_options=[f"ENVID={message.reference}", "RET=HDRS"] if reports else [],
                rcpt_options=["NOTIFY=SUCCESS,FAILURE,DELAY"] if reports else [],
            )
        except smtplib.SMTPRecipientsRefused as fault:
            code, said = next(iter(fault.recipients.values()))
            return _refusal(message, code, said, concerns_recipient=True)
        except smtplib.SMTPDataError as fault:
            return _refusal(message, fault.smtp_code, fault.smtp_error, concerns_recipient=False)
        except smtplib.SMTPSenderRefused:
            return _LATER  # our own sender is at fault, not the subscriber's address
        return None

    def _return_address(self, message: Message) -> str:
        if self._bounces_to is None:
            return self._sender
        return return_address(self._bounces_to, attempt_id=message.reference, secret=self._secret)

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        name, _, domain = self._sender.rpartition("@")
        mail["From"] = Address(display_name=self._operator, username=name, domain=domain)
        mail["To"] = _mailbox(message.address.reveal())
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<{message.reference}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text + "\n")
        mail["Content-Language"] = ", ".join(message.languages)
        return mail


def _mailbox(text: str) -> Address:
    """Read an address of exactly one mailbox, in any script; raises ValueError, which does not name it."""
    if not _MAILBOX.fullmatch(text):
        raise ValueError("no address of one mailbox")
    username, _, domain = text.rpartition("@")
    return Address(username=username, domain=domain)


def _refusal(message: Message, code: int, said: bytes | str, *, concerns_recipient: bool) -> SubmissionResult:
    """Distinguish an unknown address from every other refusal: a wrong password, a blocked sender, a full mailbox.

    The code of a refusal of the whole mail says nothing about the mailbox. Only a refusal by the mailbox was an attempt to reach
    its subscriber, and has a reference: faults of our own server use no attempts. Other permanent refusals count as answers, so
    that such an address is not tried forever; a temporary one (4xx) counts as an unreachable server.
    """
    found = _ENHANCED.match(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)
    status = found[1] if found else None
    if code >= 500 and is_unknown_mailbox(status, code=code if concerns_recipient else None):
        return _REFUSED
    if code == _CLOSING:
        return _LATER
    if concerns_mailbox(status):
        return SubmissionResult(Answer.FAILED, str(message.reference))
    return SubmissionResult(Answer.DECLINED if code >= 500 else Answer.FAILED)
