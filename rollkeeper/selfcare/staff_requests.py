# SPDX-License-Identifier: EUPL-1.2
"""What a worker does for staff who requested it on a page: take on a case, give it back, decide it; protect a subscriber."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rollkeeper.access.authority import Authority
from rollkeeper.access.errors import STAFF_REQUEST_UNREADABLE
from rollkeeper.access.staff_requests import reference_in, text_in
from rollkeeper.selfcare.case_decisions import settle_case, take_case
from rollkeeper.selfcare.choices import DecisionReason
from rollkeeper.selfcare.queries import case_detail
from rollkeeper.selfcare.services import protect_subscriber


def take(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Take on a case, or give it back. Refuses: as `take_case`; staff who may not see protected subscribers do not find their cases."""
    case_id = reference_in(payload, "case")
    case_detail(authority, case_id)
    take_case(authority, case_id, gives_back=payload.get("gives_back") is True, on=on)
    return {}


def decide(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Decide a case, with a reason. Refuses: as `settle_case`, and STAFF_REQUEST_UNREADABLE."""
    case_id, because, upheld = (
        reference_in(payload, "case"),
        text_in(payload, "because"),
        payload.get("upheld"),
    )
    if because not in set(DecisionReason) or not isinstance(upheld, bool):
        raise STAFF_REQUEST_UNREADABLE()
    case_detail(authority, case_id)
    settle_case(authority, case_id, upheld=upheld, because=DecisionReason(because), on=on)
    return {}


def protect(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Protect the subscriber of the line with this keyed hash of a number. Refuses: as `protect_subscriber`, and STAFF_REQUEST_UNREADABLE."""
    try:
        index = bytes.fromhex(text_in(payload, "number_index"))
    except ValueError:
        raise STAFF_REQUEST_UNREADABLE() from None
    protect_subscriber(authority, index, protected=True, on=on)
    return {}
