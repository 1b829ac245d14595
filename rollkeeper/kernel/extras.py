# SPDX-License-Identifier: EUPL-1.2
"""Large libraries that not every installation needs are extras of the package; a feature whose extra is missing says so.

`documents` reads pictures of documents, `tables` reads XLSX and Parquet and simulates a law, `print` sets sheets as PDF.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rollkeeper.kernel.errors import EXTRA_MISSING

MODULES: Final = {
    "documents": ("cv2", "onnxruntime", "PIL", "pillow_heif", "pypdfium2", "rapidocr", "numpy"),
    "tables": ("fastexcel", "polars", "numpy"),
    "print": ("typst",),
}
"""The modules that each extra brings."""


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Import what an extra brings. Refuses: EXTRA_MISSING."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] not in MODULES[extra]:
            raise
        raise EXTRA_MISSING(extra=extra) from None
