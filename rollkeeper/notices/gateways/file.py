# SPDX-License-Identifier: EUPL-1.2
"""A telephone network for demos: a file of what was sent, and a file of what it reports back.

``outbox/messages.jsonl`` in the instance has one line for each message: reference, channel, text, and the address masked so that
it identifies no one (`outbox_full_addresses` in a demo instance writes it unmasked). ``outbox/delivery-reports.jsonl`` has the
delivery report of each, as a real network would send it; `rollkeeper notices delivery-reports` imports it.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import instant_text
from rollkeeper.kernel.files import cut_torn_end
from rollkeeper.kernel.settings import data_dir
from rollkeeper.notices.gateways.base import CHUNK, Answer, Message, SubmissionResult
from rollkeeper.notices.gateways.smpp_text import sms_parts
from rollkeeper.notices.settings import settings


class FileGateway:
    """The gateway to the two files. It contacts no one."""

    rings, batch_size = False, CHUNK

    def __init__(self, folder: Path, *, full_addresses: bool = False, bounce_share: float = 0.0) -> None:
        self._folder, self._full_addresses, self._bounce_share = folder, full_addresses, bounce_share

    @classmethod
    def of_this_instance(cls) -> "FileGateway":
        """Return the outbox of this instance."""
        chosen = settings()
        return cls(
            data_dir() / "outbox",
            full_addresses=chosen.outbox_full_addresses,
            bounce_share=chosen.outbox_bounce_share,
        )

    def send(self, messages: Sequence[Message]) -> list[SubmissionResult]:
        """Write messages and their reports to disk; a message that is in the file already is not written again."""
        with self._locked("messages") as out, self._locked("delivery-reports") as reports:
            known = _references(out) if any(one.is_repeat for one in messages) else frozenset()
            fresh = [one for one in messages if str(one.reference) not in known]
            _append(out, [self._message(one) for one in fresh])
            _append(reports, [self._report(one) for one in messages])
        return [SubmissionResult(Answer.ACCEPTED, f"outbox-{one.reference}") for one in messages]

    def _message(self, message: Message) -> dict[str, object]:
        address = message.address.reveal()
        return {
            "reference": str(message.reference),
            "channel": message.channel.value,
            "to": address if self._full_addresses else masked(address),
            "language": ", ".join(message.languages),
            "subject": message.subject,
            "text": message.text,
            "parts": sms_parts(message.text) if message.channel.uses_line else 1,
        }

    def _report(self, message: Message) -> dict[str, object]:
        bounces = int.from_bytes(message.reference.bytes[-4:]) < self._bounce_share * 2**32
        outcome = "bounced" if bounces else "delivered"
        return {"reference": str(message.reference), "outcome": outcome, "at": instant_text(clock.now())}

    @contextmanager
    def _locked(self, name: str) -> Iterator[IO[bytes]]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{name}.jsonl"
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            cut_torn_end(held)  # a message that was half written is written again
            yield held


def masked(address: str) -> str:
    """Return a masked address: two digits at either end of a number, nothing of any other."""
    if not address.startswith("+"):
        return "…@…" if "@" in address else "…"
    return address[:3] + "…" + address[-2:] if len(address) > 8 else "…"


def _append(file: IO[bytes], rows: Sequence[dict[str, object]]) -> None:
    file.seek(0, os.SEEK_END)
    file.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
    file.flush()
    os.fsync(file.fileno())


def _references(file: IO[bytes]) -> frozenset[str]:
    file.seek(0)
    return frozenset(json.loads(line)["reference"] for line in file)
