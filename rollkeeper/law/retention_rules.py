# SPDX-License-Identifier: EUPL-1.2
"""How long a pack has a record kept, and how long the copy of the document in it.

The record has one time, from the end of the contract. The copy may have a shorter time, from the registration or from the end of the
contract; without a confirmed time for it, it is erased with the record.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from rollkeeper.law.schema import PackFile, Retention
from rollkeeper.law.schema_common import Citation

REGISTRATION: Final = "registration"
IDENTITY, COPY = "identity", "copy"


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long something is kept after a day."""

    years: int
    months: int
    days: int
    calendar_years: int
    """If not 0: to the end of this many calendar years after the year in which the contract ended."""
    overflows_to_next_month: bool
    article: str
    from_registration: bool = False
    """Counted from the day of the registration; otherwise from the end of the contract."""


def record_rule(file: PackFile, *, service: str | None, cited: Callable[[Citation], str]) -> RetentionRules:
    """Return how long records of lines of a service are kept after the end of a contract: by the row of that service, otherwise by the
    general row.
    """
    of_service = (one for one in file.retention if service in one.services)
    rule = next(of_service, None) or next(general_rows(file))
    return _rule(rule, file, article=cited(rule.because))


def general_rows(file: PackFile) -> Iterator[Retention]:
    """Yield the rows of the identity that name no services: they hold for all lines without a separate row."""
    return (one for one in file.retention if one.data_class == IDENTITY and not one.services)


def copy_rule(file: PackFile, *, cited: Callable[[Citation], str]) -> RetentionRules | None:
    """Return how long a copy of a document is kept; None if it is erased with the record, as it is without a confirmed time."""
    found = (one for one in file.retention if one.data_class == COPY and one.because.confirmed)
    rule = next(found, None)
    return _rule(rule, file, article=cited(rule.because)) if rule else None


def faults(file: PackFile) -> Iterator[str]:
    """Name what is wrong with the rows together."""
    classes: list[str] = [one.data_class for one in file.retention if not one.services]
    if classes.count(IDENTITY) != 1 or len(classes) > len(set(classes)):
        yield "'retention' (other than one row of the identity, and one of the copy at most)"
    told: set[str] = set()
    for index, one in enumerate(file.retention):
        if one.services and (one.data_class != IDENTITY or told & set(one.services)):
            yield f"'retention[{index}].services' (of the copy, or twice of one service)"
        told |= set(one.services)
        if one.anchor == REGISTRATION and one.data_class != COPY:
            yield f"'retention[{index}].anchor: {one.anchor}' (of the {one.data_class})"
        if one.anchor == REGISTRATION and one.keep.unit == "end_of_next_calendar_year":
            yield f"'retention[{index}].keep.unit: {one.keep.unit}' (from the {one.anchor})"


def _rule(rule: Retention, file: PackFile, *, article: str) -> RetentionRules:
    length = {rule.keep.unit: rule.keep.n}
    return RetentionRules(
        years=length.get("year", 0),
        months=length.get("month", 0),
        days=length.get("day", 0),
        calendar_years=length.get("end_of_next_calendar_year", 0),
        overflows_to_next_month=file.calendar.month_overflow == "first_of_next",
        article=article,
        from_registration=rule.anchor == REGISTRATION,
    )
