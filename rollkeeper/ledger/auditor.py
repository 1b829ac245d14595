# SPDX-License-Identifier: EUPL-1.2
"""Check a published ledger, from any publisher. One file that can be copied anywhere.

    python auditor.py DIR [--from URL] [--vkey VKEY] [--older CHECKPOINT ...] [--witness VKEY ... [--quorum N]]
    python auditor.py RECEIPT --vkey VKEY [--witness VKEY ... [--quorum N]]

Needs Python 3.10 and the package `cryptography`, nothing else; imports nothing of the program that wrote the ledger and reads
nothing but the published bytes. It hashes every entry again, builds every tile and the root from these hashes, and checks the
signatures and that older checkpoints are prefixes of this one. Formats: c2sp.org/tlog-tiles, c2sp.org/tlog-checkpoint,
c2sp.org/signed-note, c2sp.org/tlog-cosignature, c2sp.org/tlog-proof; hashes: RFC 6962.

The published entries are leaves: each says a class, a day, and a root over the salted digests of what happened, which it hides.
A receipt is a small text that proves by itself, without a folder or a network, what is behind one of them: the disclosed fields
with their salts, the place, the sibling hashes on its path, and the signed checkpoint above them. One delivered before the entry
was published is a signed entry instead: the entry with a signature. Other text around it is ignored.

One folder alone cannot show whether all readers get the same folder. So keep the checkpoints that you saw, take the key from a
source other than the folder, and compare both with others: `--older` and `--vkey` are for that. Or let witnesses compare:
`--witness` names those whose cosignatures you require; each states that the witness saw no other ledger under this key. With
`--from` the folder is a copy that is first updated and compared with its earlier content.

Exit codes: 0 everything fits, 1 something is wrong (the first wrong thing is named), 2 the call was wrong.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import os
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPException
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

WIDTH = 256
HASH_BYTES = 32
PROOF = "c2sp.org/tlog-proof@v1"
SIGNED_ENTRY = "rollkeeper-receipt@v1"
RECEIPT_KEY = "rollkeeper-receipts-key@v1"
CHUNK_TILES = 64
SALT_BYTES = 16
LEAF_ROOT = b"rollkeeper/leaf-root@v2\x00"

# Kinds of keys: signs checkpoints; cosigns them (Ed25519); cosigns them (ML-DSA-44). Bytes of each public half.
SIGNER, COSIGNER, COSIGNER_ML_DSA = 1, 4, 6
PUBLIC_BYTES = {SIGNER: 32, COSIGNER: 32, COSIGNER_ML_DSA: 1312}
PARALLEL_DOWNLOADS = 8
TIMEOUT_S = 60
DAY_S = 86_400
COPY_HINT = (
    " Part of them you had before. Copy everything into another folder and compare: auditor.py OTHER --from URL"
    " --older DIR."
)
LARGEST_BYTES = WIDTH * (2 + 65_535)


class AuditError(Exception):
    """The ledger is not what it claims to be. The text is for people."""


class UsageError(AuditError):
    """The command line arguments cannot be used, so nothing was learned about the ledger."""


@dataclass(frozen=True)
class Key:
    """A key that signs or cosigns checkpoints: the name it signs under, its four-byte ID, its public half."""

    name: str
    key_id: bytes
    public: bytes
    kind: int = SIGNER


@dataclass(frozen=True)
class Witnesses:
    """The witnesses whose cosignatures are required, and how many of them. Two keys of one name are one witness."""

    keys: tuple[Key, ...] = ()
    quorum: int = 0


@dataclass(frozen=True)
class Checkpoint:
    """The content of a signed head, where it was read, and who cosigned it when (seconds since 1970)."""

    where: str
    origin: str
    size: int
    root: bytes
    cosigned: dict[str, int] = field(default_factory=dict)


NO_WITNESSES = Witnesses()


@dataclass(frozen=True)
class Log:
    """A folder whose entries fit its lowest tiles; its head; and the roots of its full lowest tiles."""

    folder: Path
    head: Checkpoint
    tops: bytes


@dataclass(frozen=True)
class Receipt:
    """An entry proved to be in a ledger: which ledger, at which place, of how many, and what is disclosed of the entry.

    Place and number are None for a signed entry: an entry that the operator signed but had not yet published. `hidden` is how many
    fields of the entry are not disclosed.
    """

    origin: str
    index: int | None
    size: int | None
    entry: str
    cosigned: dict[str, int] = field(default_factory=dict)
    hidden: int = 0


@dataclass(frozen=True)
class Report:
    """What was checked and found in order."""

    origin: str
    size: int
    root: str
    older: list[int]
    cosigned: dict[str, int] = field(default_factory=dict)


def audit(
    folder: Path,
    *,
    key: Key,
    older: Sequence[Path] = (),
    witnesses: Witnesses = NO_WITNESSES,
    checkpoint: str = "checkpoint",
    processes: int | None = None,
) -> Report:
    """Check everything that is published in `folder`. Raises AuditError at the first thing that does not fit."""
    head = read_checkpoint(folder / checkpoint, key, witnesses)
    log = Log(folder, head, _check_leaves(folder, head.size, processes or os.cpu_count() or 1))
    _check_upper_tiles(folder, log.tops)
    if _root(log, head.size) != head.root:
        raise AuditError(
            f"The {head.size:,} entries and tiles fit each other, but not the signed root of {head.where}: entries"
            " were changed, added, moved or removed, and the tiles rebuilt over them."
            + (COPY_HINT if checkpoint != "checkpoint" and older else "")
        )
    seen = [_check_older(log, path, key=key) for path in older]
    return Report(head.origin, head.size, head.root.hex(), seen, head.cosigned)


def update(folder: Path, url: str, *, key: Key) -> None:
    """Copy from `url` what `folder` lacks. The new head is saved as `checkpoint.new`, for the caller to rename after checking."""
    _write(folder / "checkpoint.new", _get(url, "checkpoint"))
    missing = (name for name in _names(read_checkpoint(folder / "checkpoint.new", key).size)
               if not (folder / name).exists())  # fmt: skip
    with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as threads:
        while names := list(islice(missing, CHUNK_TILES)):
            for name, raw in zip(names, threads.map(lambda one: _get(url, one), names), strict=True):
                _write(folder / name, raw)


def check_receipt(file: Path, *, key: Key, witnesses: Witnesses = NO_WITNESSES) -> Receipt:
    """Check a receipt. Raises AuditError where it proves nothing about the ledger of `key`."""
    text = _read(file).decode("utf-8-sig", "replace")
    return check_receipt_text(text, file=file, key=key, witnesses=witnesses)


def check_receipt_text(text: str, *, file: Path, key: Key, witnesses: Witnesses = NO_WITNESSES) -> Receipt:
    """Check the text of a receipt; `file` is its name in error messages. Raises AuditError."""
    text = _bare(text)
    if text.startswith(SIGNED_ENTRY + "\n"):
        return _check_signed_entry(text, file=file, key=key)
    top, blank, note = text.partition("\n\n")
    lines = top.split("\n")
    if not blank or lines[0] != PROOF or len(lines) < 3:
        raise AuditError(f"{file} is no receipt: it does not have the form of {PROOF}.")
    index = lines[2].removeprefix("index ")
    proof = [_from_base64(line) for line in lines[3:]]
    head = _read_note(note, file=file, key=key, witnesses=witnesses)
    try:
        leaf, entry, hidden = open_disclosure(_from_base64(lines[1].removeprefix("extra ")))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise AuditError(f"{file} proves nothing: it does not disclose an entry.") from None
    if not _is_size(index) or not is_included(leaf, int(index), head=head, proof=proof):
        raise AuditError(f"{file} proves nothing: its entry is not at its place under its checkpoint.")
    return Receipt(head.origin, int(index), head.size, entry, head.cosigned, hidden)


def open_disclosure(raw: bytes) -> tuple[bytes, str, int]:
    """Return the leaf that a disclosure leads to, what it says of the entry as canonical JSON, and how many fields it hides.

    digest = SHA-256( salt 16 bytes || JSON of [name, value] ); root = SHA-256( "rollkeeper/leaf-root@v2" 00 || digests ).
    """
    said = json.loads(raw)
    digests = b""
    entry: dict[str, object] = {}
    facts: dict[str, object] = {}
    for shown in said["fields"]:
        if isinstance(shown, str):
            digests += _from_base64_url(shown, HASH_BYTES)
            continue
        salt, name, value = shown
        digests += sha256(_from_base64_url(salt, SALT_BYTES) + _json([name, value]).encode()).digest()
        place, _, fact = name.rpartition(".")
        there = facts if place else entry
        if fact in there or name == "facts" or place not in {"", "facts"} or not isinstance(value, str | int):
            raise ValueError(name)
        there[fact] = value
    whole = {**entry, **({"facts": facts} if facts else {})}
    root = sha256(LEAF_ROOT + digests).hexdigest()
    leaf = _json({"class": said["class"], "day": said["day"], "root": root, "v": 2})
    hidden = sum(isinstance(shown, str) for shown in said["fields"])
    return leaf.encode(), _json({name: whole[name] for name in sorted(whole)}), hidden


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _from_base64_url(text: str, length: int) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(raw) != length:
        raise ValueError(text)
    return raw


def _bare(text: str) -> str:
    """Return the receipt alone, from its first line to its last signature, without what is written around it."""
    lines = [line.strip() for line in text.splitlines()]
    first = next((nth for nth, line in enumerate(lines) if line in {PROOF, SIGNED_ENTRY}), 0)
    last = max((nth for nth, line in enumerate(lines) if line.startswith("\u2014 ")), default=len(lines))
    return "\n".join(lines[first : last + 1]) + "\n"


def _check_signed_entry(text: str, *, file: Path, key: Key) -> Receipt:
    """Check that the ledger's key certified a key for receipts, and that the key for receipts signed the entry."""
    parts = text.split("\n\n")
    statement, grant = parts[0].split("\n"), parts[2].split("\n") if len(parts) == 4 else []
    if len(statement) != 2 or len(grant) != 2 or grant[0] != RECEIPT_KEY:
        raise AuditError(f"{file} is no receipt: it does not have the form of {SIGNED_ENTRY}.")
    _check_signature(parts[2] + "\n", parts[3], file=file, key=key)
    signer = read_key(grant[1])
    _check_signature(parts[0] + "\n", parts[1], file=file, key=signer)
    entry = _from_base64(statement[1].removeprefix("entry "))
    if not entry or signer.name != f"{key.name}/receipts":
        raise AuditError(f"{file} proves nothing: it holds no entry, or was signed in another name.")
    return Receipt(key.name, None, None, entry.decode("utf-8", "replace"))


def is_included(entry: bytes, index: int, *, head: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Tell whether the hashes lead from the published entry, a leaf, up to the signed root (RFC 6962, 2.1.1)."""
    here, last, found = index, head.size - 1, sha256(b"\x00" + entry).digest()
    if index >= head.size or any(len(step) != HASH_BYTES for step in proof):
        return False
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = sha256(b"\x01" + step + found).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + step).digest()
        here, last = here >> 1, last >> 1
    return last == 0 and found == head.root


def read_key(text: str, kinds: Collection[int] = (SIGNER,)) -> Key:
    """Read a verifier key: name, key ID in hex, base64 of the kind and the public key, joined by plus signs."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise AuditError("That is not a verifier key: name+hexadecimal+base64.") from None
    expected = sha256(name.encode() + b"\n" + raw).digest()[:4]
    if not name or raw[:1] not in map(_byte, kinds) or len(raw) != 1 + PUBLIC_BYTES[raw[0]]:
        raise AuditError(f"That verifier key is not of a kind that is looked for here ({_kinds(kinds)}).")
    if not name.isprintable() or " " in name:
        raise AuditError("The name in that verifier key is none.")
    if expected.hex() != key_id:
        raise AuditError("The ID of that verifier key does not belong to it.")
    return Key(name, expected, raw[1:], raw[0])


def read_witnesses(texts: Sequence[str], quorum: int | None = None) -> Witnesses:
    """Read the keys of witnesses; without a number, each of them must have cosigned."""
    keys = tuple(read_key(text, (COSIGNER, COSIGNER_ML_DSA)) for text in texts)
    names = len({key.name for key in keys})
    if len({key.public for key in keys}) < len(keys):
        raise AuditError("The same key twice is not two witnesses (--witness).")
    wanted = names if quorum is None else quorum
    if wanted > names:
        raise AuditError(
            f"{wanted} cosignatures are requested, but only {names} witnesses are named (--witness)."
        )
    return Witnesses(keys, wanted)


def read_checkpoint(file: Path, key: Key, witnesses: Witnesses = NO_WITNESSES) -> Checkpoint:
    """Read a checkpoint and check that `key` signed it and that enough witnesses cosigned it."""
    return _read_note(_read(file).decode("utf-8", "replace"), file=file, key=key, witnesses=witnesses)


def _read_note(note: str, *, file: Path, key: Key, witnesses: Witnesses = NO_WITNESSES) -> Checkpoint:
    text, blank, signatures = note.rpartition("\n\n")
    _check_signature(text + "\n", signatures if blank else "", file=file, key=key)
    lines = text.split("\n")
    root = _from_base64(lines[2]) if len(lines) > 2 else b""
    if len(root) != HASH_BYTES or not _is_size(lines[1]) or lines[0] != key.name:
        raise AuditError(f"{file} is signed, but is no checkpoint of {key.name}.")
    head = Checkpoint(str(file), lines[0], int(lines[1]), root, {})
    head.cosigned.update(_cosigned(head, text + "\n", signatures, witnesses=witnesses))
    if len(head.cosigned) < witnesses.quorum:
        raise AuditError(
            f"{file} bears the cosignatures of {len(head.cosigned)} of the {len({k.name for k in witnesses.keys})}"
            f" witnesses that were named, not of {witnesses.quorum}: this does not prove that others see the same ledger."
        )
    return head


def _cosigned(head: Checkpoint, text: str, signatures: str, *, witnesses: Witnesses) -> dict[str, int]:
    """Return which of the witnesses cosigned, and when. A line that bears a witness's mark must be right."""
    found: dict[str, int] = {}
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix("\u2014 ").partition(" ")
        raw = _from_base64(encoded)
        for key in witnesses.keys:
            if (key.name, key.key_id) == (name, raw[:4]):
                at = int.from_bytes(raw[4:12], "big")
                _check_cosignature(key, raw[12:], at=at, head=head, text=text)
                if 0 < at < time.time() + DAY_S:
                    found[name] = max(at, found.get(name, 0))
    return found


def _check_cosignature(key: Key, signature: bytes, *, at: int, head: Checkpoint, text: str) -> None:
    try:
        if key.kind == COSIGNER:
            signed = f"cosignature/v1\ntime {at}\n{text}".encode()
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, signed)
        else:
            from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

            MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, _signed_tree(key, at, head))
    except InvalidSignature:
        raise AuditError(
            f"The cosignature of {key.name} under {head.where} is forged, or was made for another checkpoint."
        ) from None
    except (ImportError, UnsupportedAlgorithm):
        raise AuditError(
            f"{key.name} cosigns with ML-DSA-44: that needs version 50 of the package cryptography."
        ) from None


def _signed_tree(key: Key, at: int, head: Checkpoint) -> bytes:
    """Return what a witness with an ML-DSA-44 key signs: names, instant, and the tree from entry 0 to the last."""
    name, origin = key.name.encode(), head.origin.encode()
    return b"".join((
        b"subtree/v1\n\x00", _byte(len(name)), name, at.to_bytes(8, "big"), _byte(len(origin)), origin, bytes(8),
        head.size.to_bytes(8, "big"), head.root,
    ))  # fmt: skip


def _check_signature(text: str, signatures: str, *, file: Path, key: Key) -> None:
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix("\u2014 ").partition(" ")
        raw = _from_base64(encoded)
        if name != key.name or raw[:4] != key.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
        except InvalidSignature:
            raise AuditError(
                f"The signature of {key.name} under {file} is forged or its text was changed."
            ) from None
        return
    raise AuditError(f"{file} is not signed by {key.name} with the key that was given.")


def _check_older(log: Log, path: Path, *, key: Key) -> int:
    head = log.head
    older = read_checkpoint(path / "checkpoint" if path.is_dir() else path, key)
    if older.size > head.size:
        raise AuditError(
            f"The ledger was rolled back: {older.where} was signed over {older.size:,} entries, {head.where} over"
            f" only {head.size:,}. Both signatures are good: keep both, they prove it."
        )
    if _root(log, older.size) == older.root:
        return older.size
    what = "There are two heads of one size" if older.size == head.size else "History was rewritten"
    place = _first_difference(log, path, older.size) if path.is_dir() else ""
    raise AuditError(
        f"{what}: the first {older.size:,} entries are not those that {older.where} was signed over.{place}"
        " Both signatures are good: keep both, they prove it."
    )


def _check_leaves(folder: Path, size: int, processes: int) -> bytes:
    """Hash every entry, compare with the lowest tiles, and return the roots of the full ones."""
    count = -(-size // WIDTH)
    chunks = [
        (folder, size, first, min(count, first + CHUNK_TILES)) for first in range(0, count, CHUNK_TILES)
    ]
    if processes == 1 or len(chunks) < 4:
        return b"".join(_shown(map(_check_chunk, chunks), len(chunks)))
    with ProcessPoolExecutor(processes) as pool:
        return b"".join(_shown(pool.map(_check_chunk, chunks), len(chunks)))


def _check_chunk(chunk: tuple[Path, int, int, int]) -> bytes:
    folder, size, first, end = chunk
    roots = []
    for index in range(first, end):
        entries = _entries(folder, index, size)
        hashes = _leaf_hashes(entries)
        tile = _tile(folder, "0", index, width=len(hashes) // HASH_BYTES, unit=HASH_BYTES)
        if hashes != tile:
            _name_wrong_entry(index, hashes, tile)
        _require_nothing_after(folder, index, entries)
        if len(hashes) == WIDTH * HASH_BYTES:
            roots.append(root_of(hashes))
    return b"".join(roots)


def _name_wrong_entry(index: int, hashes: bytes, tile: bytes) -> NoReturn:
    for at in range(0, len(hashes), HASH_BYTES):
        if hashes[at : at + HASH_BYTES] != tile[at : at + HASH_BYTES]:
            raise AuditError(
                f"Entry {index * WIDTH + at // HASH_BYTES:,} is the first wrong one: its bytes in"
                f" {_name('entries', index)} do not have the hash that {_name('0', index)} holds."
            )
    raise AuditError(f"{_name('0', index)} holds more hashes than there are entries.")


def _check_upper_tiles(folder: Path, below: bytes) -> None:
    level = 1
    while below:
        roots = []
        for index in range(-(-len(below) // (WIDTH * HASH_BYTES))):
            hashes = below[index * WIDTH * HASH_BYTES : (index + 1) * WIDTH * HASH_BYTES]
            width = len(hashes) // HASH_BYTES
            if _tile(folder, str(level), index, width=width, unit=HASH_BYTES) != hashes:
                raise AuditError(f"{_name(str(level), index)} does not hold the roots of the tiles below it.")
            if width == WIDTH:
                roots.append(root_of(hashes))
        below = b"".join(roots)
        level += 1


def _root(log: Log, size: int) -> bytes:
    """Return the root over the first `size` entries."""
    full, rest = divmod(size, WIDTH)
    edge = _leaf_hashes(_entries(log.folder, full, log.head.size))[: rest * HASH_BYTES] if rest else b""
    return root_of(log.tops[: full * HASH_BYTES] + (root_of(edge) if edge else b""))


def root_of(hashes: bytes) -> bytes:
    """Return the Merkle tree hash over hashes written one after another (RFC 6962, 2.1)."""
    if not hashes:
        return sha256().digest()
    while len(hashes) > HASH_BYTES:
        even = len(hashes) // 64 * 64
        pairs = [sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, even, 64)]
        hashes = b"".join(pairs) + hashes[even:]
    return hashes


def _leaf_hashes(entries: list[bytes]) -> bytes:
    return b"".join(sha256(b"\x00" + entry).digest() for entry in entries)


def _entries(folder: Path, index: int, size: int) -> list[bytes]:
    """Return the entries of a bundle that belong to a tree of `size`."""
    width = min(WIDTH, size - index * WIDTH)
    raw = _tile(folder, "entries", index, width=width)
    found: list[bytes] = []
    at = 0
    while at < len(raw) and len(found) < width:
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        found.append(raw[at + 2 : end])
        at = end
    if len(found) != width or at > len(raw):
        raise AuditError(
            f"{_name('entries', index)} breaks off at entry {index * WIDTH + max(0, len(found) - 1):,}."
        )
    return found


def _require_nothing_after(folder: Path, index: int, entries: list[bytes]) -> None:
    """Require that nothing follows the last entry of a bundle: no hash covers it, so anything could be hidden there."""
    width = len(entries)
    file = folder / (_name("entries", index) + ("" if width == WIDTH else f".p/{width}"))
    # Where the partial bundle is gone, the entries were read from the full one, which has more.
    if file.exists() and file.stat().st_size != sum(map(len, entries)) + 2 * width:
        raise AuditError(
            f"{_name('entries', index)} goes on after its last entry, {index * WIDTH + width - 1:,}."
        )


def _first_difference(log: Log, older: Path, size: int) -> str:
    """Name the first of `size` entries that two folders do not share."""
    for index in range(-(-size // WIDTH)):
        then = _entries(older, index, size)
        now = _entries(log.folder, index, log.head.size)[: len(then)]
        for nth, pair in enumerate(zip(now, then, strict=True)):
            if pair[0] != pair[1]:
                return f" Entry {index * WIDTH + nth:,} is the first that differs."
    return ""


def _tile(folder: Path, level: str, index: int, *, width: int, unit: int = 0) -> bytes:
    """Read a tile or bundle; where a partial one is gone, the full one that replaced it has what is needed."""
    names = (
        [_name(level, index)] if width == WIDTH else [f"{_name(level, index)}.p/{width}", _name(level, index)]
    )
    for name in names:
        if (folder / name).exists():
            raw = _read(folder / name)
            return raw[: width * unit] if unit and name != names[0] else raw
    raise AuditError(f"{names[0]} is missing.")


def _names(size: int) -> Iterator[str]:
    """Name every tile and bundle of a tree, lowest level first."""
    for level, called in [(0, "entries"), *((level, str(level)) for level in range(64))]:
        full, rest = divmod(size >> 8 * level, WIDTH)
        yield from (_name(called, index) for index in range(full))
        if rest:
            yield f"{_name(called, full)}.p/{rest}"


def _name(level: str, index: int) -> str:
    groups = f"{index % 1000:03d}"
    while index := index // 1000:
        groups = f"x{index % 1000:03d}/{groups}"
    return f"tile/{level}/{groups}"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise AuditError(f"{file} cannot be read: {fault.strerror}.") from None


def _get(url: str, name: str) -> bytes:
    """Fetch a file; where a partial tile is gone, fetch as much of the full one that replaced it."""
    if not url.startswith(("https://", "http://")):
        raise AuditError(f"{url} is no address: it must begin with https:// or http://.")
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/{name}", timeout=TIMEOUT_S) as answer:  # noqa: S310
            return bytes(answer.read(LARGEST_BYTES + 1))
    except urllib.error.HTTPError as fault:
        full, partial, width = name.partition(".p/")
        if fault.code == 404 and partial:
            return _beginning(_get(url, full), int(width), is_bundle="/entries/" in full)
        raise AuditError(f"{url} does not give out {name}: it answers {fault.code}.") from None
    except HTTPException as fault:
        raise AuditError(f"{url} does not answer as HTTP does: {type(fault).__name__}.") from None
    except OSError as fault:
        raise AuditError(f"{url} cannot be reached: {getattr(fault, 'reason', fault)}.") from None


def _beginning(raw: bytes, width: int, *, is_bundle: bool) -> bytes:
    if not is_bundle:
        return raw[: width * HASH_BYTES]
    end = 0
    for _ in range(width):
        end += 2 + int.from_bytes(raw[end : end + 2], "big")
    return raw[:end]


def _write(file: Path, raw: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.write_bytes(raw)
    draft.replace(file)


def _byte(number: int) -> bytes:
    return number.to_bytes(1, "big")


def _kinds(kinds: Collection[int]) -> str:
    result = {SIGNER: "Ed25519", COSIGNER: "cosigning Ed25519", COSIGNER_ML_DSA: "cosigning ML-DSA-44"}
    return " or ".join(result[kind] for kind in kinds)


def _inert(text: str) -> str:
    """Return a text with a JSON escape for each sign that could control a terminal: the publisher may be an attacker."""
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and text == str(int(text))


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _shown(parts: Iterator[bytes], total: int) -> Iterator[bytes]:
    for done, part in enumerate(parts, 1):
        if sys.stderr.isatty():
            sys.stderr.write(
                f"\rChecking entries ... {100 * done // total} %" + ("\n" if done == total else "")
            )
        yield part


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, check, say what was found."""
    parser = argparse.ArgumentParser(
        prog="auditor.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", type=Path, metavar="DIR|RECEIPT", help="the published folder or a copy of it; or a receipt"
    )
    parser.add_argument(
        "--vkey", help="the verifier key, from elsewhere than the folder: the key itself or a file"
    )
    parser.add_argument("--older", type=Path, action="append", default=[], metavar="CHECKPOINT",
                        help="a checkpoint that you kept, or a whole folder that you kept; may be given often")  # fmt: skip
    parser.add_argument("--from", dest="source", metavar="URL",
                        help="bring DIR up to date from there first, and hold the new against what DIR was before")  # fmt: skip
    parser.add_argument("--witness", action="append", default=[], metavar="VKEY",
                        help="a witness's verifier key, or a file with one a line; may be given often")  # fmt: skip
    parser.add_argument("--quorum", type=int, metavar="N", help="of them, how many must have cosigned (all)")
    parser.add_argument("--json", action="store_true", dest="as_json", help="answer in JSON")
    return run(**vars(parser.parse_args(arguments)))


def run(
    folder: Path,
    *,
    vkey: str | None,
    older: Sequence[Path],
    as_json: bool,
    witness: Sequence[str] = (),
    quorum: int | None = None,
    source: str | None = None,
) -> int:
    """Check a folder or a receipt and print what was found; return the exit code."""
    try:
        witnesses = _given_witnesses(witness, quorum)
        if folder.is_file():
            answer, text = _receipt_result(folder, vkey, witnesses)
        elif source is None:
            answer, text = _folder_result(folder, vkey, older, witnesses=witnesses)
        else:
            answer, text = _copy_result(folder, vkey, older, source=source, witnesses=witnesses)
    except UsageError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    except AuditError as fault:
        answer, text = {"right": False, "wrong": str(fault)}, f"WRONG: {fault}"
    sys.stdout.write((_inert(json.dumps(answer, ensure_ascii=False)) if as_json else text) + "\n")
    return 0 if answer["right"] else 1


def _receipt_result(file: Path, vkey: str | None, witnesses: Witnesses) -> tuple[dict[str, object], str]:
    if vkey is None:
        raise UsageError("A receipt is checked with a key that does not come with it: give --vkey.")
    receipt = check_receipt(file, key=_given_key(file, vkey), witnesses=witnesses)
    if receipt.index is None:
        text = f"{receipt.origin} signed for this entry, and owes a proof that it is in the ledger:\n{_inert(receipt.entry)}"
    else:
        text = f"This entry is in the ledger {receipt.origin} as number {receipt.index:,}:\n{_inert(receipt.entry)}"
        if receipt.hidden:
            text += f"\n{receipt.hidden} more of its fields are not disclosed here."
    if receipt.cosigned:
        text += f"\n{_witness_lines(receipt.cosigned)}"
    return {"right": True, **vars(receipt)}, text


def _copy_result(
    folder: Path, vkey: str | None, older: Sequence[Path], *, source: str, witnesses: Witnesses
) -> tuple[dict[str, object], str]:
    """Update the folder and check it; its earlier head is an older checkpoint."""
    if vkey is None and not (folder / "vkey").exists():
        _write(folder / "vkey", _get(source, "vkey"))
    update(folder, source, key=_given_key(folder, vkey))
    kept = folder / "checkpoint"
    result = _folder_result(
        folder,
        vkey,
        [*older, *([kept] if kept.exists() else [])],
        witnesses=witnesses,
        checkpoint="checkpoint.new",
    )
    (folder / "checkpoint.new").replace(kept)
    return result


def _folder_result(
    folder: Path,
    vkey: str | None,
    older: Sequence[Path],
    *,
    witnesses: Witnesses,
    checkpoint: str = "checkpoint",
) -> tuple[dict[str, object], str]:
    key = _given_key(folder, vkey)
    report = audit(folder, key=key, older=older, witnesses=witnesses, checkpoint=checkpoint)
    text = f"All {report.size:,} entries of {report.origin} fit the signed root {report.root}."
    if older:
        text += (
            f"\nIt continues the checkpoints over {', '.join(f'{size:,}' for size in report.older)} entries."
        )
    else:
        text += "\nNo older checkpoint was given (--older): whether history was rewritten cannot be seen."
    if report.cosigned:
        text += f"\n{_witness_lines(report.cosigned)}"
    else:
        text += "\nNo witness was named (--witness): whether others are shown the same cannot be seen."
    if vkey is None:
        text += "\nThe key was taken from the folder itself (--vkey): who signed cannot be seen."
    return {"right": True, **vars(report), "key_from_folder": vkey is None}, text


def _witness_lines(cosigned: dict[str, int]) -> str:
    result = (
        f"{name} ({time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(at))})"
        for name, at in sorted(cosigned.items())
    )
    return f"Cosigned by {', '.join(result)}."


def _given_key(folder: Path, vkey: str | None) -> Key:
    """Return the key that was given; without one, that of the folder itself."""
    try:
        return read_key(_key_text(folder, vkey))
    except AuditError as fault:
        if vkey is None:
            raise
        raise UsageError(f"{fault} (--vkey)") from None


def _given_witnesses(given: Sequence[str], quorum: int | None) -> Witnesses:
    try:
        return read_witnesses([key for text in given for key in _key_texts(text)], quorum)
    except AuditError as fault:
        raise UsageError(str(fault)) from None


def _key_texts(given: str) -> list[str]:
    """Return the keys that an option gives: one key, or those in a file, one a line."""
    lines = [line.strip() for line in _key_text(Path(), given).splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _key_text(folder: Path, vkey: str | None) -> str:
    if vkey is None:
        return _read(folder / "vkey").decode("utf-8-sig", "replace")
    return (
        vkey if "+" in vkey and not Path(vkey).exists() else _read(Path(vkey)).decode("utf-8-sig", "replace")
    )


if __name__ == "__main__":
    sys.exit(main())
