# SPDX-License-Identifier: EUPL-1.2
"""How the operator's file reaches a subscriber other than by the number: one value, sealed as a whole.

    contact = e-mail address (may be empty), then, each after a line break, the lines of a postal address as on an envelope

Its kind is stored next to it in clear, so that a channel is chosen before anything is opened.
"""

from enum import StrEnum


class ContactKind(StrEnum):
    """The content of a contact that is not just an e-mail address."""

    POSTAL = "postal"
    BOTH = "both"
    LATER = "later"
    """An e-mail address alone, given when its subscriber had the line already: by it, who changed it at a counter would sign in as them."""


def join_contact(mailbox: str | None, postal: str | None) -> tuple[str | None, ContactKind | None]:
    """Return the value to be sealed and what sort it is (None: an e-mail address alone, or nothing)."""
    if postal is None:
        return mailbox, None
    kind = ContactKind.BOTH if mailbox else ContactKind.POSTAL
    return f"{mailbox or ''}\n{postal}", kind


def split_contact(contact: str) -> tuple[str, str]:
    """Return the mailbox and the postal address of a contact, each empty where it has none."""
    mailbox, _, postal = contact.partition("\n")
    return mailbox, postal
