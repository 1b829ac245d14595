# SPDX-License-Identifier: EUPL-1.2
"""A mail server and a network behind HTTP that repeat in their errors everything they receive, as careless ones do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.notices.fakes import Mailboxes, MailHost


class Indiscreet(Mailboxes):
    """Refuses every second recipient in a sentence that has the address in it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the server's own names
        self.asked.append(address)
        if len(self.asked) % 2:
            return f"550 5.1.1 <{address}>: no such mailbox here"
        return await super().handle_RCPT(server, session, envelope, address, options)


@contextmanager
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """Serve mail for the length of a block; yield its address and the recipients of the mails."""
    mailboxes = Indiscreet()
    host = MailHost(mailboxes)
    host.start()
    try:
        yield host.url, mailboxes.asked
    finally:
        host.stop()


@contextmanager
def network() -> Iterator[tuple[str, list[bytes]]]:
    """Answer every order with an error that repeats it; give the address and what was sent there."""
    heard: list[bytes] = []

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(body)
            self.send_response(500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/lines", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
