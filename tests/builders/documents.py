# SPDX-License-Identifier: EUPL-1.2
"""Pictures of invented documents, each drawn once in a process."""

import io
from functools import cache

from PIL import Image

from rollkeeper.documents.specimens import Kind, make_specimen


def jpeg(image: Image.Image, *, quality: int = 85) -> bytes:
    """Return the picture as a file."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return written.getvalue()


@cache
def passport_picture(seed: int) -> bytes:
    """Return a JPEG of the passport of the person that `invent` makes of this seed."""
    return jpeg(make_specimen(Kind.PASSPORT, seed=seed).image)


def zone_picture(kind: Kind, *, seed: int) -> Image.Image:
    """Return the part of a travel document with its machine-readable zone: a third of the lines, read in half the time."""
    whole = make_specimen(kind, seed=seed).image
    return whole.crop((0, whole.height * (6 if kind is Kind.IDENTITY_CARD else 7) // 10, *whole.size))
