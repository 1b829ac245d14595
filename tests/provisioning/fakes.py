"""A network at the edge of Rollkeeper whose answers a test decides, and one behind a real HTTP server."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.signing import Verifier

PROOF = {"bar": "barred", "restore": "open", "terminate": "absent"}


class Element:
    """A network element that does what it is told, unless a test has it misbehave."""

    needs_number = False

    def __init__(self) -> None:
        self.states, self.sequences, self.heard = {}, {}, []
        self.answer: Callable[[object], Answer] | None = None
        self.says: Callable[[object], ReadBack] | None = None

    def push(self, orders):
        return [self._one(order) for order in orders]

    def _one(self, order):
        self.heard.append(order)
        answer = self.answer(order) if self.answer else Answer.ACCEPTED
        if answer is not Answer.ACCEPTED:
            return answer
        if self.sequences.get(order.line_id, 0) > order.sequence:
            return Answer.REFUSED
        self.sequences[order.line_id] = order.sequence
        self.states[order.line_id] = order.kind.proof
        return answer

    def read_back(self, lines, *, bars=()):
        return [self.says(line) if self.says else self.states.get(line, ReadBack.OPEN) for line in lines]


class HttpElement:
    """The same behind HTTP: checks every signature, keeps keys, and can be slow, broken or silent."""

    def __init__(self, secret: str) -> None:
        self.verifier, self.states, self.sequences = Verifier(secret), {}, {}
        self.bodies, self.headers, self.refused = [], [], []
        self.status, self.bars, self.knows_levels = 200, {}, True
        self.delay_s = 0.0
        self.allows = ["emergency", "care", "registration"]
        self.raw_answer: bytes | None = None
        self.drips = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/lines"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer_to(self, headers, body: bytes) -> tuple[int, bytes]:
        self.headers.append(headers)
        self.bodies.append(body)
        try:
            self.verifier.check(headers, body, now_s=int(time.time()))
        except RollkeeperError as fault:
            self.refused.append(str(fault))
            return 401, b""
        if self.delay_s:
            time.sleep(self.delay_s)
        if self.status != 200:
            return self.status, b""
        said = json.loads(body)
        if said["type"] == "line.state":
            lines = {line: self._state(line) for line in said["data"]["lines"]}
            return 200, self.raw_answer if self.raw_answer is not None else json.dumps(
                {"lines": lines}
            ).encode()
        return self._carry_out(said["type"].removeprefix("line."), said["data"]), b""

    def _state(self, line):
        return {"state": self.states.get(line, "open"), "allows": self.allows} | self.bars.get(line, {})

    def _carry_out(self, kind, data) -> int:
        if self.sequences.get(data["line"], 0) > data["sequence"]:
            return 409
        self.sequences[data["line"]] = data["sequence"]
        self.states[data["line"]] = PROOF[kind]
        self.bars[data["line"]] = {"bars": data["bars"]} if "bars" in data and self.knows_levels else {}
        return 204

    def _handler(self):
        element = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                status, text = element.answer_to(dict(self.headers), body)
                if 300 <= status < 400:
                    self.send_response(status)
                    self.send_header("location", element.url)
                else:
                    self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                if element.drips:
                    for byte in text:
                        try:
                            self.wfile.write(bytes([byte]))
                            self.wfile.flush()
                        except OSError:
                            return
                        time.sleep(0.05)
                else:
                    self.wfile.write(text)

            def log_message(self, *args):
                pass

        return Handler


def kind_of(body: bytes) -> CommandKind:
    return CommandKind(json.loads(body)["type"].removeprefix("line."))
