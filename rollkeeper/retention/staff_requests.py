# SPDX-License-Identifier: EUPL-1.2
"""What a worker does about legal holds for the officer who asked on a page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rollkeeper.access.authority import Authority
from rollkeeper.access.errors import STAFF_REQUEST_UNREADABLE
from rollkeeper.access.staff_requests import day_in, reference_in, text_in
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import LineId
from rollkeeper.lines.lookups import find_line_for_staff
from rollkeeper.retention.legal_holds import add_legal_hold, end_legal_hold


def add_hold(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Add a legal hold to the line with this keyed hash of a number; the lookup is counted. Refuses: as `add_legal_hold`, LineNotFound."""
    try:
        index = bytes.fromhex(text_in(payload, "number_index"))
    except ValueError:
        raise STAFF_REQUEST_UNREADABLE() from None
    with action():
        line = find_line_for_staff(authority, index, on=on)
        add_legal_hold(
            authority, line.line_id, case_reference=text_in(payload, "case"), last=day_in(payload, "last"),
            review_on=day_in(payload, "review_on"), on=on,
        )  # fmt: skip
    return {}


def end_hold(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """End a legal hold early. Refuses: as `end_legal_hold`."""
    line_id = LineId(reference_in(payload, "line"))
    end_legal_hold(authority, line_id, case_reference=text_in(payload, "case"), on=on)
    return {}
