# SPDX-License-Identifier: EUPL-1.2
"""How many lines a law lets one subscriber have: its limits, as the packages use them."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rollkeeper.kernel.choices import Payment
from rollkeeper.law.calendars import Term, term_of
from rollkeeper.law.schema import PackFile
from rollkeeper.law.schema_common import Citation
from rollkeeper.law.schema_people import Limit
from rollkeeper.law.supported_fields import LIMITED, SERVICES


@dataclass(frozen=True, slots=True)
class LimitRule:
    """How many lines one subscriber may have, or take up within a time; and what follows beyond."""

    party_kinds: tuple[str, ...]
    services: tuple[str, ...]
    n: int
    window: Term | None
    """None: the lines that a subscriber has now count, whenever they were registered."""
    over: str
    article: str
    concerned: tuple[str, ...] = ()
    """The kinds that meet the limit: some may be added by the pack. Lines are counted by the kinds that every law has."""
    payments: tuple[str, ...] = tuple(Payment.values)
    """How the lines are paid that meet it and count."""
    activated_from: dt.date = dt.date.min
    """Lines activated before this day neither meet it nor count."""
    channel: str | None = None
    """Whom it stops: `remote`, who registers by themselves; None: everyone."""

    @property
    def asks_payment(self) -> bool:
        """Tell whether only lines that are paid in one way meet it."""
        return Payment.UNKNOWN.value not in self.payments

    def stops(self, *, remote: bool) -> bool:
        """Tell whether it stops who registers a line remotely, by themselves, or at a counter."""
        return self.channel is None or remote

    def concerns(self, party_kind: str, service: str, payment: str, *, activated_on: dt.date) -> bool:
        """Tell whether a line of this service and age, paid so, counts where such a party holds it."""
        fits_line = (
            service in self.services and payment in self.payments and activated_on >= self.activated_from
        )
        return party_kind in self.concerned and fits_line


def limit_rules(
    file: PackFile, *, added_kinds: Mapping[str, str], cited: Callable[[Citation], str]
) -> tuple[LimitRule, ...]:
    """Return the confirmed limits of a pack. Precondition: every field of it is supported."""
    confirmed = [limit for limit in file.limits if limit.because.confirmed]
    return tuple(
        LimitRule(
            party_kinds=_counted_kinds(limit, added_kinds),
            services=tuple(sorted(({limit.service} if limit.service else SERVICES) - set(limit.exempt))),
            n=limit.n,
            window=term_of(file.calendar, limit.window),
            over=limit.over,
            article=cited(limit.because),
            concerned=_concerned_kinds(limit, added_kinds, separate={one.group for one in confirmed}),
            activated_from=limit.activated_from or dt.date.min,
            channel=limit.channel,
            payments=(limit.payment,) if limit.payment else tuple(Payment.values),
        )
        for limit in confirmed
    )


def _counted_kinds(limit: Limit, added_kinds: Mapping[str, str]) -> tuple[str, ...]:
    """Return the kinds whose lines count: only those that every law has are stored with a line."""
    group = limit.group
    if group not in LIMITED:
        group = next(name for name, kinds in LIMITED.items() if added_kinds[group] in kinds)
    return tuple(kind for kind in LIMITED[group] if kind not in limit.exempt)


def _concerned_kinds(limit: Limit, added_kinds: Mapping[str, str], *, separate: set[str]) -> tuple[str, ...]:
    """Return the kinds that meet a limit: an added kind meets those of the kind it is of, unless it has a separate one."""
    if limit.group not in LIMITED:
        return (limit.group,)
    counted = _counted_kinds(limit, added_kinds)
    apart = separate | set(limit.exempt)
    return counted + tuple(kind for kind, of in added_kinds.items() if of in counted and kind not in apart)
