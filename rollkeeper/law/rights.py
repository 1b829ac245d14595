# SPDX-License-Identifier: EUPL-1.2
"""The days by which the law has people's requests decided, and the authority that decides a complaint about the operator."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.calendars import days_in
from rollkeeper.law.pack import Pack


@dataclass(frozen=True, slots=True)
class ComplaintBody:
    """Who decides a complaint about the operator, with the address, as people are told."""

    text: str
    language: str
    article: str


def complaint_body(pack: Pack, language: str, *, on: dt.date) -> ComplaintBody | None:
    """Return who decides a complaint about the operator, in a language or a fallback.

    None: the pack names no authority, no reader confirmed it, or the pack cannot be used on that day. So no one is sent to a wrong address.
    """
    rights = pack.file.rights
    if rights is None or not rights.complain_to or not rights.because.confirmed:
        return None
    valid = pack.file.valid
    is_valid = valid.begins <= on and (valid.ends is None or on <= valid.ends)
    if pack.file.status != "confirmed" or not is_valid or pack.unsupported_fields:
        return None
    return ComplaintBody(*text_in(language, rights.complain_to), rights.because.article)


def decide_by(pack: Pack, right: Literal["correct", "reply"], *, asked_on: dt.date) -> dt.date | None:
    """Return the last day for a correction, or for the answer to any other request; the day of the request does not count.

    None: the pack gives no days, no reader confirmed them, or the pack cannot be used. People can make a request all the same.
    """
    rights = pack.file.rights
    if rights is None or not rights.because.confirmed or pack.unsupported_fields:
        return None
    length = rights.correct if right == "correct" else rights.reply
    if length is None:
        return None
    return asked_on + dt.timedelta(days=days_in(pack.file.calendar, length, asked_on))
