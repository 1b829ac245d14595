# SPDX-License-Identifier: EUPL-1.2
"""A counter's browser in Python: it requests a ticket, seals a form and sends it."""

import datetime as dt
import json

from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.offline.services import issue_ticket, store_submission
from rollkeeper.vault import offline_keys, wire


class Browser:
    """A page of the counter before a clerk."""

    def __init__(self, clerk):
        self.clerk = clerk
        self.given = issue_ticket(clerk)

    def seal(
        self, fields, *, action_kind="register", kind="individual", key=None, elapsed_ms=0, clock="monotonic"
    ):
        """Return the key and the bytes of a filled-in form."""
        key = key or str(new_uuid())
        clear = json.dumps(
            {
                "v": 1,
                "action_kind": action_kind,
                "kind": kind,
                "fields": fields,
                "elapsed_ms": elapsed_ms,
                "clock": clock,
            }
        ).encode()
        sealer = wire.PublicSealer(self.given.key_id, self.given.public_key)
        context = wire.offline_context(key, self.given.ticket_id.bytes)
        padded = wire.pad(clear, to_bytes=offline_keys.PADDED_TO_BYTES)
        return key, sealer.seal([padded], contexts=[context])[0]

    def hand_in(self, key, sealed):
        store_submission(
            self.clerk, submission_key=key, ticket_id=self.given.ticket_id, sealed=sealed, language="en"
        )
        return key

    def record(self, fields, **more):
        return self.hand_in(*self.seal(fields, **more))

    def was_open(self, days):
        """Move the opening of the page this many days back. The database says when a page was opened, not the page."""
        run(
            "UPDATE offline_ticket SET made_at = clock_timestamp() - %s WHERE ticket_id = %s",
            [dt.timedelta(days=days), self.given.ticket_id],
        )
        return self


def form(number, who, **more):
    """Return a filled-in form for one person."""
    return {"number": number, "language": "en"} | {f"subscriber__{k}": v for k, v in who.items()} | more
