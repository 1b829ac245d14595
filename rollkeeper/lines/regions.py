# SPDX-License-Identifier: EUPL-1.2
"""The region of a line by the first figures of its number, as the operator names them in a file of lines or in the settings."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rollkeeper.kernel.database import rows
from rollkeeper.lines.settings import settings


def by_length(prefixes: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """Return prefixes of numbers by their length, the longest first."""
    lengths = sorted({len(prefix) for prefix in prefixes}, reverse=True)
    return [(length, {p: region for p, region in prefixes.items() if len(p) == length}) for length in lengths]


def region_of(number: Any, prefixes: Sequence[tuple[int, dict[str, str]]]) -> str | None:
    """Return the region of the longest matching prefix of a number, None if there is none."""
    if type(number) is str:
        for length, regions in prefixes:
            if region := regions.get(number[:length]):
                return region
    return None


def regions_of_new_lines(numbers: Sequence[str]) -> list[str | None]:
    """Return, for each of these numbers, the region that a new line with this number gets."""
    prefixes = by_length(settings().region_prefixes)
    return [region_of(number, prefixes) for number in numbers]


def unknown_regions(regions: Collection[str]) -> list[str]:
    """Return, in order, which of these regions no prefix and no line has."""
    left = set(regions) - set(settings().region_prefixes.values())
    if not left:
        return []
    found = rows("SELECT DISTINCT region FROM lines_line WHERE region = ANY (%s)", [sorted(left)])
    return sorted(left - {row.region for row in found})
