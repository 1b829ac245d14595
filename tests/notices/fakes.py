"""A gateway whose answers a test decides, and a real mail server."""

import socket
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from rollkeeper.notices.gateways.base import CHUNK, Answer, SubmissionResult


class Way:
    """A gateway that accepts everything, unless a test makes it misbehave."""

    def __init__(self, *, rings=False):
        self.rings, self.heard, self.addresses = rings, [], []
        self.batch_size, self.parts = CHUNK, []
        self.answer = lambda _: Answer.ACCEPTED
        self.reference = lambda message: f"way-{message.reference}"

    def send(self, messages):
        self.parts.append(len(messages))
        return [self._one(message) for message in messages]

    def _one(self, message):
        self.heard.append(message)
        self.addresses.append(message.address.reveal())
        return SubmissionResult(self.answer(message), self.reference(message))


class Mailboxes:
    """What a mail server does with a mail: refuse, defer, or store."""

    def __init__(self):
        self.kept, self.refuses, self.puts_off, self.breaks_after = [], {}, {}, None
        self.data_answer = "250 kept"
        self.sender_answer = None

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - the server's own names
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 sender"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the server's own names
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 recipient"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the server's own names
        if self.breaks_after is not None and len(self.kept) >= self.breaks_after:
            server.transport.close()
            return "421 gone"
        if not self.data_answer.startswith("250"):
            return self.data_answer
        self.kept.append((session, envelope))
        return "250 kept"


class MailHost(Controller):
    """A mail server on a free port of this machine, with STARTTLS where a certificate is given."""

    def __init__(self, mailboxes, tls: ssl.SSLContext | None = None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._tls = tls
        super().__init__(mailboxes, hostname="127.0.0.1", port=port)

    def factory(self):
        return SMTP(
            self.handler, enable_SMTPUTF8=True, tls_context=self._tls, require_starttls=bool(self._tls)
        )

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"
