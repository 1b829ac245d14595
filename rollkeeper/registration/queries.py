# SPDX-License-Identifier: EUPL-1.2
"""Receipts, found again by their key."""

from rollkeeper.registration.receipts import find_receipts
from rollkeeper.registration.rules import is_usable_key
from rollkeeper.registration.submissions import Receipt


def receipt_for(submission_key: str) -> Receipt | None:
    """Return the receipt of a submission, None if there is none."""
    return find_receipts([submission_key]).get(submission_key) if is_usable_key(submission_key) else None
