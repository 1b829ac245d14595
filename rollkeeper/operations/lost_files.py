# SPDX-License-Identifier: EUPL-1.2
"""Names the files of an instance that are gone, what does not work without each, and where it comes from.

Only those that nothing else misses: without them a process works on, and does less.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rollkeeper.kernel.errors import WEB_KEY_LOST
from rollkeeper.kernel.settings import data_dir
from rollkeeper.kernel.stores import web_key_file

_MADE_AGAIN: Final = "Run 'rollkeeper setup', which makes it again."
_NO_RECEIPTS: Final = "counters hand out no receipt before the ledger is published"
_NEEDED: Final = (
    ("secrets/receipts.key", _NO_RECEIPTS),
    ("ledger/receipts", _NO_RECEIPTS),
    ("ledger/vkey", "no app can check or show the ledger's key"),
    (
        "secrets/public-keys.key",
        "the next rotation makes another, and counters without a network stop sealing",
    ),
    ("secrets/public-keys.pub", "nothing is sealed, and no one can be registered"),
)


@dataclass(frozen=True, slots=True)
class LostFile:
    """A file that is gone, in words for the person who can bring it back."""

    file: Path
    sentence: str
    remedy: str


def find_lost_files() -> Iterator[LostFile]:
    """Return what is gone of a made instance."""
    for name, lacks in _NEEDED:
        if not (file := data_dir() / name).exists():
            yield LostFile(file, f"{file} is missing: {lacks}.", _MADE_AGAIN)
    if not web_key_file().exists():
        lost = WEB_KEY_LOST(file=web_key_file())
        yield LostFile(web_key_file(), str(lost), lost.advice)
