"""A connection between a browser and an app that a test can cut before, in the middle of, or after a request."""

import socket
import threading
from contextlib import contextmanager, suppress


class Wire:
    """Carries bytes from a separate port to the app. `mode` applies to the next bytes of every connection, also of open ones."""

    def __init__(self, to_port):
        self.to_port, self.mode, self.is_open = to_port, "through", True
        self.lives = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self, mode="dead"):
        """Set the mode; with `dead` the open connections break at once."""
        self.mode = mode
        if mode == "dead":
            self._drop()

    def mend(self):
        self._drop()
        self.mode = "through"

    def close(self):
        self.is_open = False
        self.listener.close()
        self._drop()

    def _drop(self):
        for one in list(self.lives):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.lives.clear()

    def _listen(self):
        while self.is_open:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if self.mode == "dead":
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.to_port))
            self.lives |= {near, far}
            threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, source, target, is_request):
        with suppress(OSError):
            while data := source.recv(65536):
                if self.mode == "hangs":
                    continue
                is_submission = is_request and data.startswith(b"POST")
                if self.mode == "mid_request" and is_submission:
                    target.sendall(data[: len(data) - 10])
                    break
                if self.mode == "no_answer" and not is_request:
                    break
                if (
                    self.mode == "no_forms"
                    and is_request
                    and b" /offline/kept-forms/" in data.split(b"\r\n", 1)[0]
                ):
                    break
                target.sendall(data)
                if self.mode == "answered" and b"hx-redirect" in data.lower():
                    self.cut()
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self.lives.discard(one)


@contextmanager
def wired(to_port):
    """Open a wire for the length of a block."""
    wire = Wire(to_port)
    try:
        yield wire
    finally:
        wire.close()
