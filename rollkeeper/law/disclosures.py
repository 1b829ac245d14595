# SPDX-License-Identifier: EUPL-1.2
"""The pack's rules for disclosure requests of third parties: to whom, with which instrument, which fields, how the person is
notified. Pure.

A power based on an unconfirmed text, or on anything below a regulation, does not count: the person's record stays closed.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.calendars import Term, days_in, term_of
from rollkeeper.law.pack import Pack
from rollkeeper.law.schema import Disclosure
from rollkeeper.law.schema_common import Duration

_RANKS: Final = frozenset({"constitution", "statute", "regulation", "court"})


@dataclass(frozen=True, slots=True)
class DisclosureLaw:
    """One power to request, as far as Rollkeeper serves it."""

    to: str
    article: str
    instrument: str
    attributes: frozenset[str]
    people_per_instrument: int
    reply: Duration | None
    deferral: Term | None
    """How much later, at most, the person may be notified each time; None: no later."""
    deferral_renewals: int
    deferral_article: str | None
    keep: Term
    is_confirmed: bool


def disclosure_laws(pack: Pack, *, on: dt.date) -> tuple[DisclosureLaw, ...]:
    """Return every power to request that the pack knows, and whether it counts on a day. Refuses: UNSUPPORTED_PACK_FIELD."""
    pack.refuse_unsupported()
    is_in_force = may_act(pack, Act.DISCLOSE, on=on)
    return tuple(_law(pack, leaf, is_in_force=is_in_force) for leaf in pack.file.disclosure)


def reply_by(pack: Pack, law: DisclosureLaw, received_on: dt.date) -> dt.date | None:
    """Return the last day for an answer; the day on which the disclosure request came does not count."""
    if law.reply is None:
        return None
    return received_on + dt.timedelta(days=days_in(pack.file.calendar, law.reply, received_on))


def _law(pack: Pack, leaf: Disclosure, *, is_in_force: bool) -> DisclosureLaw:
    ranks, calendar = {source.id: source.rank for source in pack.file.sources}, pack.file.calendar
    first, deferral = pack.file.sources[0].id, leaf.deferral
    grounds = [leaf.because] + ([deferral.because] if deferral else [])
    return DisclosureLaw(
        to=leaf.to, article=leaf.because.article, instrument=leaf.needs, attributes=frozenset(leaf.attributes),
        people_per_instrument=leaf.people_per_instrument, reply=leaf.reply,
        deferral=term_of(calendar, deferral.most if deferral else None), deferral_renewals=deferral.renewals if deferral else 0,
        deferral_article=deferral.because.article if deferral else None, keep=term_of(calendar, leaf.keep),
        is_confirmed=is_in_force
        and all(one.confirmed and ranks.get(one.source or first) in _RANKS for one in grounds),
    )  # fmt: skip
