# SPDX-License-Identifier: EUPL-1.2
"""The files next to the tiles, so that an outsider finds everything in one place: keys, the auditor, instructions.

A reader who trusts the keys because they are here trusts the operator: the text says so.
"""

from pathlib import Path

from rollkeeper.ledger.settings import settings
from rollkeeper.ledger.tile_store import TileStore

VKEY = "vkey"
WITNESSES = "witnesses"
AUDITOR = "auditor.py"
README = "README.txt"
NAMES = (VKEY, WITNESSES, AUDITOR, README)

_TEXT = """\
{origin}

This is a ledger: every action on a register of subscribers and every access to
its sealed values, in order. Of each it says a class and a day, and hides the rest
under one salted hash, so that no one is in it. Who was given a receipt sees what
is behind an entry. You need no account and no permission to check it, only Python
3.10 and one package:

    curl -O https://{origin}/auditor.py
    pip install cryptography
    python auditor.py my-copy --from https://{origin}

That copies the published files into the folder my-copy, hashes every entry again
and checks the signatures. Do it again next month: new entries are fetched and
compared with what you have. Keep my-copy: no one can forge it.

Two things should not come from here. The key: get the line in vkey from a person
you trust and give it as --vkey. And the comparison with what others
are shown: {witnesses}

    checkpoint    how many entries there are, their root hash, the signatures
    vkey          the key that signs checkpoints
    witnesses     the keys of those who cosign them, one a line
    auditor.py    the program that checks all this, in one file
    tile/...      the entries and their hashes (c2sp.org/tlog-tiles)
"""
_NONE = "no witness cosigns this ledger yet, so compare your\ncheckpoints with another reader's."
_SOME = "give the keys in witnesses, taken from the witnesses\nthemselves, as --witness."


def write_verifier_bundle(place: TileStore, *, vkey: str) -> None:
    """Write each of these files that is missing or has other content."""
    witnesses = settings().witnesses
    for name, content in {
        VKEY: f"{vkey}\n",
        WITNESSES: "".join(f"{one.vkey}\n" for one in witnesses),
        README: _TEXT.format(origin=settings().origin, witnesses=_SOME if witnesses else _NONE),
        AUDITOR: Path(__file__).with_name(AUDITOR).read_text("utf-8"),
    }.items():
        if place.read(name) != content.encode():
            place.write(name, content.encode())
