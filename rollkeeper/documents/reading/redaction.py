# SPDX-License-Identifier: EUPL-1.2
"""Makes the copy that may be kept: a new, empty sheet on which only what the law asks for is shown.

Nothing is painted over. The portrait, signatures, ethnicity, codes, the rest of the zone, and everything that is not known to be
requested never get onto the new sheet. The operator, the purpose and the day are written across it. The file is made from pixels
alone: it has no metadata and nothing after its end.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rollkeeper.documents.reading.findings import NUMBER, Finding, Spot
from rollkeeper.documents.reading.ocr_models import Pixels, Quad
from rollkeeper.documents.reading.page_layout import Sheet

COPY_SIDE: Final = 1400
QUALITY: Final = 82
_BLANK: Final = (226, 228, 232)
_MARK: Final = (150, 30, 30)
_MARK_PIXELS: Final = 26
_SHRUNK_BY: Final = 0.08
_FONTS: Final = Path("/usr/share/fonts")
_LATIN: Final = (
    "truetype/noto/NotoSans-Regular.ttf",
    "noto/NotoSans-Regular.ttf",
    "truetype/dejavu/DejaVuSans.ttf",
)
_HAN: Final = (
    "opentype/noto/NotoSansCJK-Regular.ttc",
    "google-noto-cjk/NotoSansCJK-Regular.ttc",
    "noto-cjk/NotoSansCJK-Regular.ttc",
)
_TIBETAN: Final = ("truetype/noto/NotoSerifTibetan-Regular.ttf", "noto/NotoSerifTibetan-Regular.ttf")

type Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class MarkNotDrawableError(Exception):
    """No installed font has the characters of the mark."""


@dataclass(frozen=True, slots=True)
class CopyWanted:
    """What a copy may show and what is written across it."""

    shows: frozenset[str]
    shows_middle: bool
    mark: tuple[str, ...]


class Fonts:
    """Fonts for the mark, loaded while files can still be opened."""

    def __init__(self) -> None:
        self._latin = _first(_LATIN) or ImageFont.load_default(_MARK_PIXELS)
        self._han, self._tibetan = _first(_HAN, index=2), _first(_TIBETAN)

    def of(self, text: str) -> Font:
        """Return a font that has the characters of a text. Raises MarkNotDrawableError."""
        scripts = {unicodedata.name(character, "?").split()[0] for character in text}
        font: Font | None = self._latin
        if "TIBETAN" in scripts:
            font = self._tibetan
        elif (
            scripts & {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "IDEOGRAPHIC"}
            or not text.isascii()
        ):
            font = self._han
        if font is None or ("TIBETAN" in scripts and "CJK" in scripts):
            raise MarkNotDrawableError
        return font


def redact(sheet: Sheet, finding: Finding, wanted: CopyWanted, fonts: Fonts) -> bytes | None:
    """Return the copy as a file; None if positions are not certain, or nothing may be shown."""
    spots = [spot for spot in finding.spots if _may_show(spot, wanted)]
    if not finding.is_certain or not spots:
        return None
    shown = _only(sheet.pixels, [spot.quad for spot in spots])
    return _written(_marked(_fitted(shown), wanted.mark, fonts))


def _may_show(spot: Spot, wanted: CopyWanted) -> bool:
    return spot.attribute in wanted.shows and (
        wanted.shows_middle or not spot.is_middle or spot.attribute != NUMBER
    )


def _only(pixels: Pixels, quads: Sequence[Quad]) -> Pixels:
    mask = np.zeros(pixels.shape[:2], np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(mask, np.round(_shrunk(quad)).astype(np.int32), 1)
    sheet = np.empty_like(pixels)
    sheet[:] = _BLANK
    sheet[mask > 0] = pixels[mask > 0]
    return sheet


def _shrunk(quad: Quad) -> Quad:
    """Return a quadrilateral with less height: the finder makes them larger than the text, and neighbouring lines are close."""
    down = (quad[[3, 2]] - quad[[0, 1]]) * _SHRUNK_BY
    return np.array([quad[0] + down[0], quad[1] + down[1], quad[2] - down[1], quad[3] - down[0]], np.float32)


def _fitted(pixels: Pixels) -> Image.Image:
    scale = COPY_SIDE / max(pixels.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return Image.fromarray(
        np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    )


def _marked(image: Image.Image, mark: Sequence[str], fonts: Fonts) -> Image.Image:
    """Write the mark across the copy many times, also over what is shown, so that no one can cut it off."""
    long = round(1.5 * COPY_SIDE)
    row, layer = _row(mark, fonts, long=2 * long), Image.new("L", (long, long), 0)
    for number, top in enumerate(range(0, long, 4 * _MARK_PIXELS)):
        layer.paste(row, (-(number % 3) * 180, top))
    layer = layer.rotate(18, resample=Image.Resampling.BILINEAR)
    left, upper = (long - image.width) // 2, (long - image.height) // 2
    image.paste(_MARK, mask=layer.crop((left, upper, left + image.width, upper + image.height)))
    return image


def _row(mark: Sequence[str], fonts: Fonts, *, long: int) -> Image.Image:
    """Write the mark repeatedly along a row, as often as there is room."""
    texts = [(text, fonts.of(text)) for text in mark]
    one = Image.new(
        "L", (round(sum(font.getlength(text) + 22 for text, font in texts)) + 60, 2 * _MARK_PIXELS), 0
    )
    left, draw = 0.0, ImageDraw.Draw(one)
    for text, font in texts:
        draw.text((left, 0), text, font=font, fill=110)
        left += font.getlength(text) + 22
    row = Image.new("L", (long, one.height), 0)
    for place in range(0, long, one.width):
        row.paste(one, (place, 0))
    return row


def _written(image: Image.Image) -> bytes:
    plain = Image.fromarray(np.asarray(image))
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _first(files: Sequence[str], *, index: int = 0) -> ImageFont.FreeTypeFont | None:
    for file in files:
        if (_FONTS / file).exists():
            # Kept in memory: the sandboxed worker cannot open the file again.
            return ImageFont.truetype(io.BytesIO((_FONTS / file).read_bytes()), _MARK_PIXELS, index=index)
    return None
