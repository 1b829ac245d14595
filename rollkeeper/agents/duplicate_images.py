# SPDX-License-Identifier: EUPL-1.2
"""Find a document copy that was used for another line before, by keyed marks of where the text is on the sheet.

The copy shows only text and no portrait (`documents.reading.redaction`), and is in the vault. Stored here are keyed hashes of pieces
of a coarse picture of it. Without the key, the table shows which copies are alike, and nothing else; no app reads it. A picture that was
sent again, reduced or saved again shares most of its pieces with the original; two different documents share few or none.

Only copies that this instance made today come here (`documents.form_prefill.copies_in`), so that no file of a stranger is decoded.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Final

from rollkeeper.vault.blind_index import blind_likeness

_ACROSS, _DOWN = 64, 44
"""Cells of the coarse picture; each is compared with its right neighbour."""
_INK: Final = 140
"""Pixels darker than this in red are text: the mark across a copy is written in red, and its sheet is light."""
_CLEARLY: Final = 25
"""How much darker, of 255, a cell must be than its right neighbour."""
_PIECE: Final = 4
"""Cells of a row that make one piece; a piece without a difference is the empty sheet, which all copies have in common."""


def fingerprints_of(copies: Iterable[bytes]) -> list[int]:
    """Return the keyed marks of these copies together, each once; none if the copies show no text."""
    pieces = [piece for nth, copy in enumerate(copies) for piece in _pieces(nth, copy)]
    return sorted(set(blind_likeness(pieces)))


def _pieces(nth: int, copy: bytes) -> Sequence[bytes]:
    # Imported with the first copy: both take 14 MB in each process, and most processes never see a copy.
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(copy), formats=["JPEG"]) as image:
        red = np.asarray(image.convert("RGB"))[..., 0]
    ink = Image.fromarray(np.where(red < _INK, 255, 0).astype(np.uint8))
    cells = np.asarray(ink.resize((_ACROSS + 1, _DOWN), Image.Resampling.BOX), np.int16)
    darker = cells[:, :-1] > cells[:, 1:] + _CLEARLY
    rows = darker.reshape(_DOWN, _ACROSS // _PIECE, _PIECE)
    return [
        bytes([nth, row, place]) + np.packbits(rows[row, place]).tobytes()
        for row, place in zip(*np.nonzero(rows.any(axis=2)), strict=True)
    ]
