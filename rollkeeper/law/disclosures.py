# SPDX-License-Identifier: EUPL-1.2
"""What a pack says about demands of third parties: to whom, on what paper, which fields, how the person is told. Pure.

A power that rests on a text which nobody confirmed, or on anything below a regulation, is as good as none: the person's
record stays shut.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from rollkeeper.law.calendars import is_closed
from rollkeeper.law.pack import Pack
from rollkeeper.law.schema import Disclosure

_RANKS: Final = frozenset({"constitution", "statute", "regulation", "court"})


@dataclass(frozen=True, slots=True)
class DisclosureLaw:
    """One power to demand, as far as this house serves it."""

    to: str
    article: str
    instrument: str
    attributes: frozenset[str]
    people_per_instrument: int
    reply: tuple[int, str] | None
    put_off_days: int
    put_off_renewals: int
    put_off_article: str | None
    keep_days: int
    is_confirmed: bool

    @property
    def may_be_put_off(self) -> bool:
        """Tell whether the person may be told later at all."""
        return self.put_off_days > 0


def disclosure_laws(pack: Pack) -> tuple[DisclosureLaw, ...]:
    """Return every power to demand that the pack knows. Refuses: UnhonouredField."""
    pack.refuse_unhonoured()
    return tuple(_law(pack, leaf) for leaf in pack.file.disclosure)


def reply_by(pack: Pack, law: DisclosureLaw, received_on: dt.date) -> dt.date | None:
    """Return the last day for an answer; the day on which the demand came does not count."""
    if law.reply is None:
        return None
    left, unit = law.reply
    if unit == "day":
        return received_on + dt.timedelta(days=left)
    day = received_on
    while left:
        day += dt.timedelta(days=1)
        left -= not is_closed(pack, day)
    return day


def _law(pack: Pack, leaf: Disclosure) -> DisclosureLaw:
    ranks = {source.id: source.rank for source in pack.file.sources}
    first, put_off = pack.file.sources[0].id, leaf.put_off
    grounds = [leaf.because] + ([put_off.because] if put_off else [])
    return DisclosureLaw(
        to=leaf.to, article=leaf.because.article, instrument=leaf.needs, attributes=frozenset(leaf.attributes),
        people_per_instrument=leaf.people_per_instrument, reply=(leaf.reply.n, leaf.reply.unit) if leaf.reply else None,
        put_off_days=put_off.most.n if put_off else 0, put_off_renewals=put_off.renewals if put_off else 0,
        put_off_article=put_off.because.article if put_off else None, keep_days=leaf.keep.n,
        is_confirmed=pack.file.status == "confirmed"
        and all(one.confirmed and ranks.get(one.source or first) in _RANKS for one in grounds),
    )  # fmt: skip
