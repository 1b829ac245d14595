# SPDX-License-Identifier: EUPL-1.2
"""Pictures of invented documents, each drawn once in a process."""

import io
from functools import cache

from rollkeeper.documents.specimens import Kind, make_specimen


@cache
def passport_picture(seed: int) -> bytes:
    """Return a JPEG of the passport of the person that `invent` makes of this seed."""
    written = io.BytesIO()
    make_specimen(Kind.PASSPORT, seed=seed).image.save(written, "JPEG", quality=85)
    return written.getvalue()
