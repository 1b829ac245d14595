# SPDX-License-Identifier: EUPL-1.2
"""How many lines a law lets one subscriber have: its limits, as the packages use them."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.law.calendars import Term, term_of
from rollkeeper.law.schema import PackFile
from rollkeeper.law.schema_common import Citation
from rollkeeper.law.schema_people import Condition, Limit

LIMITED: Final = {"person": ("individual", "minor"), "company": ("company",)}
"""The kinds of subscriber that form a limit group: lines that a person registers as a guardian do not count towards their own
limit.
"""
MUST_REDUCE: Final = "must_reduce"
_SERVICES: Final = frozenset(Service.values)


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
    """The kinds that the limit applies to, some perhaps added by the pack. Lines are counted by the kinds that every law has."""
    payments: tuple[str, ...] = tuple(Payment.values)
    """The ways of paying of the lines that are limited and counted."""
    activated_from: dt.date = dt.date.min
    """Lines activated before this day are neither limited nor counted."""
    channel: str | None = None
    """Whom it stops: `remote`: subscribers who register by themselves; None: everyone."""
    regions: tuple[str, ...] = ()
    """The regions of the lines that are limited and counted; empty: any region or none."""
    is_national: bool = False
    """The lines that subscribers say they have with other operators count too."""
    reduces: bool = False
    """A subscriber with more lines chooses which to keep by verifying them again; a campaign asks for it."""

    @property
    def asks_payment(self) -> bool:
        """Tell whether it applies only to lines that are paid in one way."""
        return Payment.UNKNOWN.value not in self.payments

    @property
    def is_for_all_lines(self) -> bool:
        """Tell whether it applies to lines of its services whenever they were activated, and however they are paid."""
        return not self.asks_payment and self.activated_from == dt.date.min

    def stops(self, *, remote: bool) -> bool:
        """Tell whether it stops a registration by the subscriber, remotely, or one at a counter."""
        return self.channel is None or remote

    def concerns(
        self, party_kind: str, service: str, payment: str, *, activated_on: dt.date, region: str | None
    ) -> bool:
        """Tell whether it applies to a line of this service, way of paying, age and region if a party of this kind has the line."""
        fits_line = (
            service in self.services and payment in self.payments and activated_on >= self.activated_from
        )
        return party_kind in self.concerned and fits_line and (not self.regions or region in self.regions)


def limit_rules(
    file: PackFile,
    *,
    added_kinds: Mapping[str, str],
    cited: Callable[[Citation], str],
    only_confirmed: bool = True,
) -> tuple[LimitRule, ...]:
    """Return the confirmed limits of a pack, or all. Precondition: every field of it is supported."""
    confirmed = [limit for limit in file.limits if limit.because.confirmed or not only_confirmed]
    return tuple(
        LimitRule(
            party_kinds=_counted_kinds(limit, added_kinds),
            services=tuple(sorted(({limit.service} if limit.service else _SERVICES) - set(limit.exempt))),
            n=limit.n,
            window=term_of(file.calendar, limit.window),
            over=limit.over,
            article=cited(limit.because),
            concerned=_concerned_kinds(limit, added_kinds, separate={one.group for one in confirmed}),
            activated_from=limit.activated_from or dt.date.min,
            channel=limit.channel,
            payments=(limit.payment,) if limit.payment else tuple(Payment.values),
            regions=limit.regions,
            is_national=limit.scope == "national",
            reduces=limit.existing_lines == MUST_REDUCE,
        )
        for limit in confirmed
    )


def _counted_kinds(limit: Limit, added_kinds: Mapping[str, str]) -> tuple[str, ...]:
    """Return the kinds whose lines count. Only kinds that every law has are stored with a line."""
    group = limit.group
    if group not in LIMITED:
        group = next(name for name, kinds in LIMITED.items() if added_kinds[group] in kinds)
    return tuple(kind for kind in LIMITED[group] if kind not in limit.exempt)


def _concerned_kinds(limit: Limit, added_kinds: Mapping[str, str], *, separate: set[str]) -> tuple[str, ...]:
    """Return the kinds that a limit applies to. An added kind has the limits of the kind it is based on, unless it has a separate limit."""
    if limit.group not in LIMITED:
        return (limit.group,)
    counted = _counted_kinds(limit, added_kinds)
    apart = separate | set(limit.exempt)
    return counted + tuple(kind for kind, of in added_kinds.items() if of in counted and kind not in apart)


def faults(pack: PackFile) -> Iterator[str]:
    """Name what is wrong with the limits although each leaf is known."""
    added = {kind.id for kind in pack.party_kinds if kind.kind_of}
    exemptible = _SERVICES | added | {kind for kinds in LIMITED.values() for kind in kinds}
    for index, limit in enumerate(pack.limits):
        if limit.group not in LIMITED and limit.group not in added:
            yield f"'limits[{index}].group: {limit.group}'"
        for number, exempt in enumerate(limit.exempt):
            if exempt not in exemptible:
                yield f"'limits[{index}].exempt[{number}]: {exempt}'"
        if limit.channel and limit.over != "refuse":
            yield f"'limits[{index}].over: {limit.over}' (of who registers by themselves)"
        if (limit.kind == "flow") != (limit.window is not None):
            yield f"'limits[{index}].window' (a flow has one, a stock has none)"
        if limit.kind == "flow" and limit.over == "choose_keep":
            yield f"'limits[{index}].over: choose_keep' (of a flow)"
    yield from _national_limits(pack)
    yield from _reducing_limits(pack)


def _reducing_limits(pack: PackFile) -> Iterator[str]:
    """Name the limits that people here cannot be asked to reduce their lines to, and say what is missing."""
    added = {kind.id for kind in pack.party_kinds if kind.kind_of}
    parts = [part for campaign in pack.campaigns for part in campaign.parts]
    for index, limit in enumerate(pack.limits):
        if limit.existing_lines != MUST_REDUCE:
            continue
        at = f"'limits[{index}].existing_lines: {MUST_REDUCE}'"
        if limit.scope == "national":
            yield f"{at} (scope: national: no one here sees the lines elsewhere; write keep, and under 'declined' that it is not done)"
        elif limit.kind == "flow" or limit.window:
            yield f"{at} (of a flow: it says how many more, not how many)"
        elif limit.channel:
            yield f"{at} (channel: {limit.channel}: who comes to a counter may have more)"
        elif limit.group in added:
            yield f"{at} (of the group '{limit.group}', from which the register does not tell others)"
        elif limit.group in LIMITED and not any(_reduces(part.cohort.when, limit) for part in parts):
            yield f"{at} (without a campaign that asks these people; write 'cohort: {{when: {_cohort_of(limit)}}}')"
        for part in parts:
            if part.cohort.when.registered and not part.cohort.when.lines_over:
                yield f"{at} (the campaign '{part.id}' asks registered subscribers again, too: which lines they keep could not be told)"


def _reduces(when: Condition, limit: Limit) -> bool:
    """Tell whether a cohort consists of the people with more lines than a limit, and counts the same lines."""
    counted = (
        frozenset(when.services or _SERVICES), when.payment, frozenset(when.regions), when.activated_from, frozenset(when.party_kinds),
    )  # fmt: skip
    return bool(when.registered) and when.lines_over == limit.n and counted == _counted_by(limit)


def _counted_by(limit: Limit) -> tuple[object, ...]:
    services = frozenset({limit.service} if limit.service else _SERVICES) - set(limit.exempt)
    kinds = frozenset(kind for kind in LIMITED[limit.group] if kind not in limit.exempt)
    return services, limit.payment, frozenset(limit.regions), limit.activated_from, kinds


def _cohort_of(limit: Limit) -> str:
    """Write the cohort of the people with more lines than a limit."""
    services = (
        [limit.service]
        if limit.service
        else [one for one in Service.values if one not in limit.exempt]
        if _SERVICES & set(limit.exempt)
        else []
    )
    said = {
        "registered": "true",
        "lines_over": limit.n,
        "party_kinds": _list(kind for kind in LIMITED[limit.group] if kind not in limit.exempt),
        "services": _list(services),
        "payment": limit.payment,
        "regions": _list(limit.regions),
        "activated_from": limit.activated_from,
    }
    return f"{{{', '.join(f'{name}: {value}' for name, value in said.items() if value)}}}"


def _list(said: Iterable[str]) -> str:
    names = ", ".join(said)
    return f"[{names}]" if names else ""


def _national_limits(pack: PackFile) -> Iterator[str]:
    """Name the limits for which one number from a subscriber is not enough: how many lines they have with other operators now."""
    counted: dict[str, set[object]] = {}
    for index, limit in enumerate(pack.limits):
        if limit.scope != "national":
            continue
        if limit.kind == "flow":
            yield f"'limits[{index}].scope: national' (of a flow)"
        if limit.regions:
            yield f"'limits[{index}].scope: national' (of some regions)"
        lines = (limit.service, limit.payment, limit.activated_from, _SERVICES.intersection(limit.exempt))
        counted.setdefault(limit.group, set()).add(lines)
        if len(counted[limit.group]) > 1:
            yield f"'limits[{index}].scope: national' (of other lines than another one)"
