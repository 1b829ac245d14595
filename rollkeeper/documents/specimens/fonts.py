# SPDX-License-Identifier: EUPL-1.2
"""Where the fonts for specimens lie: in Debian's packages; the project itself contains none."""

from enum import Enum
from functools import cache
from pathlib import Path

from PIL import ImageFont

from rollkeeper.documents.errors import FONT_MISSING

_ROOT = Path("/usr/share/fonts")


class Typeface(Enum):
    """A font's use: file, index in it, and the package that contains it."""

    ZONE = ("opentype/ocr-b/OCRB.otf", 0, "fonts-ocr-b")
    LATIN = ("truetype/noto/NotoSans-Regular.ttf", 0, "fonts-noto-core")
    BOLD = ("truetype/noto/NotoSans-Bold.ttf", 0, "fonts-noto-core")
    SCRIPT = ("truetype/noto/NotoSans-Italic.ttf", 0, "fonts-noto-core")
    DIGITS = ("truetype/noto/NotoSansMono-Regular.ttf", 0, "fonts-noto-core")
    TIBETAN = ("truetype/noto/NotoSerifTibetan-Regular.ttf", 0, "fonts-noto-core")
    HAN = ("opentype/noto/NotoSansCJK-Regular.ttc", 2, "fonts-noto-cjk")


@cache
def font(typeface: Typeface, pixels: int) -> ImageFont.FreeTypeFont:
    """Return a font. Refuses: FONT_MISSING, naming Debian's package."""
    file, index, package = typeface.value
    try:
        return ImageFont.truetype(str(_ROOT / file), pixels, index=index)
    except OSError as fault:
        raise FONT_MISSING(package=package) from fault
