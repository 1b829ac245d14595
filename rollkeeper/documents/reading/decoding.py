# SPDX-License-Identifier: EUPL-1.2
"""Turns bytes into pixels, or refuses them. A size that is too large is refused by the header, before anything is unpacked."""

import io
from typing import Final

import numpy as np
import pillow_heif
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from rollkeeper.documents.reading.file_types import FileKind, sniff
from rollkeeper.documents.reading.refusals import FileRejectedError, RejectReason

type Pixels = NDArray[np.uint8]

GREATEST_PIXELS: Final = 36_000_000
GREATEST_SIDE: Final = 16_000
LEAST_SIDE: Final = 150
KEPT_SIDE: Final = 2600
GREATEST_PAGES: Final = 4
_PAGE_SIDE: Final = 2200

Image.MAX_IMAGE_PIXELS = GREATEST_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def decode(data: bytes, *, name: str = "") -> list[Pixels]:
    """Return the picture, or the pages, as RGB of bounded size. Refuses: FileRejectedError."""
    kind = sniff(data, name=name)
    try:
        return _pages(data) if kind is FileKind.PDF else [_picture(data, kind=kind)]
    except FileRejectedError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise FileRejectedError(RejectReason.TOO_MANY_PIXELS) from fault
    except MemoryError as fault:
        raise FileRejectedError(RejectReason.TOO_MUCH_WORK) from fault
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        RuntimeError,
        EOFError,
        pypdfium2.PdfiumError,
    ) as fault:
        raise FileRejectedError(RejectReason.BROKEN) from fault


def _picture(data: bytes, *, kind: FileKind) -> Pixels:
    opened = Image.open(io.BytesIO(data), formats=["HEIF" if kind is FileKind.HEIC else kind.value])
    _refuse_size(opened.width, opened.height)
    if kind in {FileKind.PNG, FileKind.WEBP} and getattr(opened, "is_animated", False):
        raise FileRejectedError(RejectReason.MOVING)
    opened.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    turned_by = opened.getexif().get(0x0112, 1)
    opened.load()
    factor = max(opened.size) // KEPT_SIDE
    small = opened.reduce(factor) if factor > 1 else opened
    if small.mode in {"RGBA", "LA", "PA", "P"}:
        small = _on_white(small.convert("RGBA"))
    small = small.convert("RGB")
    small.thumbnail((KEPT_SIDE, KEPT_SIDE))
    return np.asarray(_upright(small, turned_by=turned_by), np.uint8)


def _on_white(image: Image.Image) -> Image.Image:
    sheet = Image.new("RGBA", image.size, (255, 255, 255, 255))
    sheet.alpha_composite(image)
    return sheet


def _upright(image: Image.Image, *, turned_by: int) -> Image.Image:
    plain = Image.fromarray(np.asarray(image))
    plain.getexif()[0x0112] = turned_by
    return ImageOps.exif_transpose(plain)


def _pages(data: bytes) -> list[Pixels]:
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) > GREATEST_PAGES:
            raise FileRejectedError(RejectReason.TOO_MANY_PAGES)
        if not len(document):
            raise FileRejectedError(RejectReason.BROKEN)
        if pdfium.FPDFDoc_GetJavaScriptActionCount(document) or pdfium.FPDFDoc_GetAttachmentCount(document):
            raise FileRejectedError(RejectReason.ACTIVE)
        return [_page(document[number]) for number in range(len(document))]
    finally:
        document.close()


def _page(page: pypdfium2.PdfPage) -> Pixels:
    width, height = page.get_size()
    if not (1 <= width <= 20_000 and 1 <= height <= 20_000) or max(width, height) > 40 * min(width, height):
        raise FileRejectedError(RejectReason.TOO_MANY_PIXELS)
    drawn = page.render(scale=_PAGE_SIDE / max(width, height), may_draw_forms=False, draw_annots=False)
    pixels = np.array(drawn.to_pil().convert("RGB"), np.uint8)
    page.close()
    _refuse_size(pixels.shape[1], pixels.shape[0])
    return pixels


def _refuse_size(width: int, height: int) -> None:
    if width * height > GREATEST_PIXELS or max(width, height) > GREATEST_SIDE:
        raise FileRejectedError(RejectReason.TOO_MANY_PIXELS)
    if min(width, height) < LEAST_SIDE:
        raise FileRejectedError(RejectReason.TOO_SMALL)
