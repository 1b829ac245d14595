# SPDX-License-Identifier: EUPL-1.2
"""The law of an instance, changed for a test.

A file is named for its content and stays to the end of the run: a pack that was read is not read again, which takes
longer than most tests.
"""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from tests.conftest import IN_COMMON

REFERENCE = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")


def write_pack(text: str) -> Path:
    """Write a pack to a file; return where it is."""
    file = IN_COMMON / "packs" / f"{sha256(text.encode()).hexdigest()}.yaml"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_text(text, "utf-8")
        draft.rename(file)
    return file


def read_text(text: str) -> Pack:
    """Return what a pack of this text says."""
    return load_pack(write_pack(text))


def use_pack(text: str) -> None:
    """Make this the law of the instance."""
    write_settings(instance={"pack": str(write_pack(text))})
