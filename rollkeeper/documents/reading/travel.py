# SPDX-License-Identifier: EUPL-1.2
"""What a copy of a travel document shows: the kind, the state, the name and the number, all in its zone.

A copy never shows anything outside the zone: there, the same values may be part of something else, such as a signature.
"""

import datetime as dt
from collections.abc import Iterator

from rollkeeper.documents.mrz import Zone, birth, expiry, read_zone
from rollkeeper.documents.reading.findings import BIRTH_DATE, NAME, NUMBER, TYPE, VALID_UNTIL, Finding, Spot
from rollkeeper.documents.reading.ocr_models import OcrModels
from rollkeeper.documents.reading.page_layout import Sheet
from rollkeeper.documents.reading.zones import ReadZone, find_zone
from rollkeeper.documents.verdicts import Reason


def find_travel_document(sheet: Sheet, ocr_models: OcrModels, *, on: dt.date) -> Finding | None:
    """Return what a zone says and where."""
    found = find_zone(sheet, ocr_models)
    if found is None:
        return None
    zone = read_zone(found.text)
    if isinstance(zone, Reason):
        return None
    # In a zone read upside down or with wrong spacing, no check digit would fit: if all fit, every position is right.
    return Finding(
        found.shape, _values(zone, on=on), tuple(_spots(found, zone)), found.is_right, found.text,
        is_mended=found.is_mended,
    )  # fmt: skip


def _values(zone: Zone, *, on: dt.date) -> dict[str, str]:
    state = zone.state.rstrip("<").lower()
    kind = {"TD3": "passport", "TD1": "identity-card", "TD2": "identity-card"}.get(zone.shape, "visa")
    values = {TYPE: f"{kind}-{state}" if len(state) > 1 else kind, NUMBER: zone.number, NAME: zone.plain_name}
    for attribute, read in ((BIRTH_DATE, birth), (VALID_UNTIL, expiry)):
        try:
            day = read(zone, on=on)
        except ValueError:
            continue
        if day is not None:
            values[attribute] = str(day)
    return values


def _spots(found: ReadZone, zone: Zone) -> Iterator[Spot]:
    first, *others = found.lines
    yield Spot(TYPE, first.part(0, 5))
    if found.shape == "TD1":
        line, name, name_from = first, others[-1], 0
        # A long number continues behind the filler in the place of its check digit.
        begin, end = 5, 5 + len(zone.number) + (1 if len(zone.number) > 9 else 0)
    else:
        line, name, name_from = others[0], first, 5
        begin, end = 0, min(9, len(zone.number))
    yield Spot(NAME, name.part(name_from, len(name.text)))
    ends = min(2, (end - begin) // 3)
    yield Spot(NUMBER, line.part(begin, begin + ends))
    yield Spot(NUMBER, line.part(begin + ends, end - ends), is_middle=True)
    yield Spot(NUMBER, line.part(end - ends, end))
