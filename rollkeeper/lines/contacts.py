# SPDX-License-Identifier: EUPL-1.2
"""A subscriber's contact from the operator's file, other than the number: one value, sealed as a whole.

    contact = e-mail address (may be empty), then, each after a line break, the lines of a postal address as on an envelope

Its kind is stored next to it in clear, so that a channel is chosen before anything is opened.
"""

from enum import StrEnum


class ContactKind(StrEnum):
    """The kinds of contact. An e-mail address alone has no kind, unless it was given later."""

    POSTAL = "postal"
    BOTH = "both"
    LATER = "later"
    """An e-mail address alone, given when the subscriber already had the line: another person could have it changed at a counter to sign in."""


def join_contact(mailbox: str | None, postal: str | None) -> tuple[str | None, ContactKind | None]:
    """Return the value to be sealed and its kind (None: an e-mail address alone, or nothing)."""
    if postal is None:
        return mailbox, None
    kind = ContactKind.BOTH if mailbox else ContactKind.POSTAL
    return f"{mailbox or ''}\n{postal}", kind


def split_contact(contact: str) -> tuple[str, str]:
    """Return the mailbox and the postal address of a contact, each empty if there is none."""
    mailbox, _, postal = contact.partition("\n")
    return mailbox, postal
