# SPDX-License-Identifier: EUPL-1.2
"""Turns the bytes of a file into a proposal and the copies that may be kept. Runs in the worker."""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rollkeeper.documents.reading.cards import find_resident_card
from rollkeeper.documents.reading.decoding import Pixels, decode
from rollkeeper.documents.reading.findings import Finding, Spot
from rollkeeper.documents.reading.ocr_models import OcrModels, TooMuchWorkError, rectangle
from rollkeeper.documents.reading.page_layout import (
    Sheet,
    at_a_glance,
    looked_closer,
    turned_across,
    turned_over,
)
from rollkeeper.documents.reading.redaction import CopyWanted, Fonts, MarkNotDrawableError, redact
from rollkeeper.documents.reading.refusals import FileRejectedError
from rollkeeper.documents.reading.travel import find_travel_document

PAGE_WORK: Final = 3.4
"""The most work to recognise a picture, as `OcrModels.allow` counts it: about three seconds, which a clerk waits. A recognised card
is read without this limit."""
_WARM: Final = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)


class Reader:
    """The OCR models and the fonts, loaded."""

    def __init__(self) -> None:
        self._models, self._fonts = OcrModels(), Fonts()

    def answer(
        self, data: bytes, *, on: dt.date, said: Callable[[], object], name: str = "",
        copy: dict[str, Any] | None = None,
    ) -> tuple[dict[str, Any], list[bytes]]:  # fmt: skip
        """Return what was read from a file, as plain data, and the copies that were asked for."""
        try:
            pages = decode(data, name=name)
        except FileRejectedError as refused:
            return {"refused": refused.why.value}, []
        said()
        wanted = (
            CopyWanted(frozenset(copy["shows"]), copy["shows_middle"], tuple(copy["mark"])) if copy else None
        )
        found = list(self._look(pages, on=on))
        if not found:
            return {"findings": []}, []
        findings = [self._plain(finding) for _, finding in found]
        try:
            copies = [self._copy(sheet, finding, wanted) for sheet, finding in found if wanted]
        except MarkNotDrawableError:
            return {"findings": findings, "no_copy": "mark_not_drawable"}, []
        kept = [copy for copy in copies if copy]
        why = {} if kept or not wanted else {"no_copy": "places_not_certain"}
        return {"findings": findings, **why}, kept

    def warm_up(self) -> None:
        """Read and write one picture of every kind, so that later nothing must be loaded from a file."""
        image = Image.new("RGB", (960, 220), (240, 240, 240))
        draw = ImageDraw.Draw(image)
        for row, line in enumerate(_WARM):
            draw.text((20, 60 + 60 * row), line, font=ImageFont.load_default(30), fill=(10, 10, 10))
        copy = {"shows": ["name", "document_number"], "shows_middle": True, "mark": ["x"]}
        on, files = dt.date(2012, 3, 1), list(_files(image))
        for file in files:
            decode(file)
        for spoilt in (*(file[: len(file) // 2] for file in files), b"", b"?"):
            try:
                decode(spoilt)
            except FileRejectedError:
                continue
        self.answer(files[0], on=on, said=lambda: None, copy=copy)
        self._drawn(image, copy)

    def _drawn(self, image: Image.Image, copy: dict[str, Any]) -> None:
        """Write one copy, whether or not anything was found on the picture."""
        pixels = np.asarray(image, np.uint8)
        spot = Spot("name", rectangle((200, 80), (300, 40), degrees=1))
        wanted = CopyWanted(frozenset(copy["shows"]), shows_middle=True, mark=tuple(copy["mark"]))
        redact(
            Sheet(pixels, [], is_sure=True), Finding("TD3", {}, (spot,), is_certain=True), wanted, self._fonts
        )

    def _look(self, pages: Sequence[Pixels], *, on: dt.date) -> Iterator[tuple[Sheet, Finding]]:
        for page in pages:
            self._models.allow(PAGE_WORK)
            found = self._found(page, on=on)
            self._models.allow(None)
            if found:
                yield found

    def _found(self, page: Pixels, *, on: dt.date) -> tuple[Sheet, Finding] | None:
        """Look quickly for a zone whose check digits fit; then look closer, for any zone and for a card.

        If the closer look is too much work, a zone from the quick look counts, even though its check digits do not fit.
        """
        seen: tuple[Sheet, Finding] | None = None
        with suppress(TooMuchWorkError):
            rough = at_a_glance(page, self._models)
            for tried in self._ways(rough):
                finding = find_travel_document(tried, self._models, on=on)
                if finding and (finding.is_certain or seen is None):
                    seen = tried, finding
                if finding and finding.is_certain:
                    return seen
            ways = self._ways(looked_closer(rough, self._models) if rough else None)
            for tried in ways:
                if finding := find_travel_document(tried, self._models, on=on):
                    return tried, finding
            for tried in ways:
                if finding := find_resident_card(tried, self._models):
                    return tried, finding
        return seen

    def _ways(self, sheet: Sheet | None) -> list[Sheet]:
        """Return the ways in which a sheet may have to be turned, the likeliest first."""
        if sheet is None:
            return []
        ways = [sheet, turned_over(sheet)]
        if across := turned_across(sheet, self._models):
            ways += [across, turned_over(across)]
        return ways

    def _copy(self, sheet: Sheet, finding: Finding, wanted: CopyWanted) -> bytes | None:
        return redact(sheet, finding, wanted, self._fonts)

    @staticmethod
    def _plain(finding: Finding) -> dict[str, Any]:
        return {
            "shape": finding.shape,
            "values": dict(finding.values),
            "zone": finding.zone,
            "mended": finding.is_mended,
        }


def _files(image: Image.Image) -> Iterator[bytes]:
    for kind in ("JPEG", "PNG", "WEBP", "PDF"):
        written = io.BytesIO()
        image.save(written, kind)
        yield written.getvalue()
