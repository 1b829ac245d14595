# SPDX-License-Identifier: EUPL-1.2
"""What the operator's file has to reach a subscriber beside the number: one value, sealed whole.

    contact = e-mail address (may be empty), then, each after a line break, the lines of a postal address as on an envelope

What sort it is stands beside it in clear, so that a way is chosen before anything is opened.
"""

from enum import StrEnum


class ContactKind(StrEnum):
    """What a contact holds that is no e-mail address alone."""

    POSTAL = "postal"
    BOTH = "both"


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
