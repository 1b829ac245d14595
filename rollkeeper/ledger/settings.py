# SPDX-License-Identifier: EUPL-1.2
"""The ledger's settings: its name, where it is published, how often, and its witnesses."""

import base64
import binascii
import re
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from rollkeeper.kernel.errors import Phrase
from rollkeeper.kernel.setting_values import PORT, https_or_this_machine, is_port, whole_path
from rollkeeper.kernel.settings import Table, data_dir, table

# Kinds of cosigning keys (c2sp.org/tlog-cosignature) and the bytes of each: Ed25519 and ML-DSA-44.
_COSIGNING_KEYS = {b"\x04": 1 + 32, b"\x06": 1 + 1312}


_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._~-]+)*")


def _a_name(name: str) -> str:
    """Accept a name only if readers find the ledger under it, and if people who type it for a witness type the same."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            "write the ledger's address in small letters without https:// and without a final slash, such as ledger.example"
        )
    _, _, port = name.partition("/")[0].partition(":")
    if port and not is_port(port):
        raise ValueError(PORT)
    return name


def _cosigning_key(text: str) -> str:
    try:
        name, key_id, encoded = text.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError(
            "write the witness's verifier key as it gives it out: name+hexadecimal+base64"
        ) from None
    if not name or any(letter.isspace() for letter in name) or _COSIGNING_KEYS.get(raw[:1]) != len(raw):
        raise ValueError("that is no key of a witness: those begin with 04 (Ed25519) or 06 (ML-DSA-44)")
    if sha256(f"{name}\n".encode() + raw).hexdigest()[:8] != key_id:
        raise ValueError("the key and its eight hexadecimal digits do not belong together")
    return text


class Witness(Table):
    """An outside party that cosigns the ledger's checkpoints: where, and by which key (c2sp.org/tlog-witness)."""

    url: Annotated[
        str,
        AfterValidator(https_or_this_machine),
        Field(min_length=1, description="The address before /add-checkpoint."),
    ]
    vkey: Annotated[str, AfterValidator(_cosigning_key), Field(description="Its verifier key.")]

    @property
    def name(self) -> str:
        """Return what the witness calls itself in its key."""
        return self.vkey.partition("+")[0]

    @property
    def key(self) -> str:
        """Return the public half alone, without its name."""
        return self.vkey.split("+", 2)[2]


def _different(witnesses: list[Witness]) -> list[Witness]:
    for what in ("name", "url", "key"):
        if len({getattr(one, what) for one in witnesses}) != len(witnesses):
            raise ValueError(Phrase("two witnesses have the same {what}", what=what))
    return witnesses


def _not_too_many(needed: int, info: ValidationInfo) -> int:
    there = len(info.data.get("witnesses", ()))
    if "witnesses" in info.data and needed > there:
        raise ValueError(Phrase("there are only {there} witnesses in 'witnesses'", there=there))
    return needed


class Ledger(Table):
    """The public ledger: its publication and its witnesses."""

    origin: Annotated[
        str,
        AfterValidator(_a_name),
        Field(
            max_length=200,  # a witness signs the name behind one byte with its length
            description="The published ledger's name: its address without https:// and final slash.",
        ),
    ] = "ledger.operator.example"
    folder: Annotated[
        str | None,
        AfterValidator(lambda folder: folder and whole_path(folder)),
        Field(
            description="The ledger's absolute path, which the back office serves under /ledger/; empty: ledger/public in the data "
            "directory."
        ),
    ] = None
    witnesses: Annotated[
        list[Witness],
        AfterValidator(_different),
        Field(
            description="The witnesses: `[{url = 'https://witness.example', vkey = 'witness.example+1a2b3c4d+BA...'}]`."
        ),
    ] = []
    cosignatures: Annotated[
        int,
        AfterValidator(_not_too_many),
        Field(ge=0, description="Cosignatures that a checkpoint needs before it is published."),
    ] = 0
    publish_every_minutes: Annotated[
        int, Field(gt=0, le=1440, description="Minutes between publications.")
    ] = 1
    publish_within_hours: Annotated[
        int, Field(gt=0, le=720, description="Hours without publication after which the doctor warns.")
    ] = 24


settings = table("ledger", Ledger)


def public_folder() -> Path:
    """Return the folder in which this instance publishes its ledger, and from which the back office serves it."""
    chosen = settings().folder
    return Path(chosen) if chosen else data_dir() / "ledger" / "public"
