# SPDX-License-Identifier: EUPL-1.2
"""The published leaf of an entry, which says only a class and a day, and the disclosure that opens it for one reader.

Pure: bytes in, bytes out. The auditor and the page that checks receipts have their own versions of the reading half.

An entry's body (`ledger.services.entry_body`) stays in the register. Its *fields* are its members, those of ``facts`` one by
one under the names ``facts.<name>``, in the order of the body::

    salts   = SHAKE256( secret (32) || "rollkeeper/leaf-salts@v2" || 00 || entry number (8, big-endian) ), 16 bytes a field
    digest  = SHA-256( salt (16) || canonical JSON of [name, value] )
    root    = SHA-256( "rollkeeper/leaf-root@v2" || 00 || digest || digest ... )
    leaf    = {"class":"registration","day":"2012-03-02","root":"<64 hex>","v":2}     canonical JSON (RFC 8785)
    hash    = SHA-256( 00 || leaf )                                                   RFC 6962

The secret is drawn at random for each entry when it is integrated, and lies in the store of keys (`ledger.secrets`): an attacker who
has the body without the secret cannot tell which leaf belongs to it, and an erased entry has neither. The one root hides how many
fields there are, which would tell the verb. A *disclosure* is the leaf with its fields in place of the root, each with its salt, or
its digest alone where it is not disclosed; salts and digests in base64url without padding, 22 and 43 characters::

    {
        "class": "registration",
        "day": "2012-03-02",
        "fields": [["<salt>", "actor", "0f0f..."], "<digest>", ...],
        "v": 2,
    }
"""

import base64
import json
from binascii import hexlify
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256, shake_256
from json.encoder import encode_basestring as quoted
from operator import add
from struct import Struct
from typing import Any

from rollkeeper.kernel.canonical import canonical_bytes

VERSION = 2
SECRET_BYTES = 32
SALT_BYTES = 16
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SALTS = b"rollkeeper/leaf-salts@v2\x00"
_ROOT = b"rollkeeper/leaf-root@v2\x00"
# Copying is cheaper than a new hash, for which OpenSSL is looked up each time.
_new = sha256().copy
_NOT_PLAIN = ("\\", "[", "\n", "\1", ',","', ',"}', '":":')

type Field = tuple[str, Any]


def fields_of(body: str) -> list[Field]:
    """Return the fields of an entry, in their order. A body that is not an object, which no program writes, is one field."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    return list(_flat(said)) if isinstance(said, dict) else [("body", body)]


def root_of(body: str, *, secret: bytes, entry_id: int) -> bytes:
    """Return the root over the salted digests of an entry's fields."""
    (fields,) = fields_of_all(body.encode())
    return root_over(fields, secret, entry_id.to_bytes(8))


def fields_of_all(bodies: bytes) -> Iterator[list[bytes]]:
    """Give the fields of each body as they are hashed; a zero byte, which no text contains, separates two bodies."""
    if not are_plain(bodies.decode()):
        yield from map(_read, bodies.split(b"\0"))
        return
    apart = bodies.replace(b',"', b']\1["').replace(b'":', b'",').split(b"\0")
    for nth, body in enumerate(apart):
        yield _cut(body) or _read(bodies.split(b"\0")[nth])


def root_over(fields: Sequence[bytes], secret: bytes, number: bytes) -> bytes:
    """Return the root over fields as they are hashed. It must be fast: a publication can have a million entries."""
    salts = shake_256(secret + _SALTS + number).digest(SALT_BYTES * len(fields))
    digests = []
    for salted in map(add, _salt_list(len(fields)).unpack(salts), fields):
        hashed = _new()
        hashed.update(salted)
        digests.append(hashed.digest())
    return sha256(_ROOT + b"".join(digests)).digest()


@cache
def _salt_list(count: int) -> Struct:
    return Struct(f"{SALT_BYTES}s" * count)


def leaf_bytes(leaf_class: str, day: str, root: bytes) -> bytes:
    """Return the bytes that are published and hashed."""
    return b'{"class":"%b","day":"%b","root":"%b","v":2}' % (
        leaf_class.encode(),
        day.encode(),
        root.hex().encode(),
    )


def leaves_of(heads: bytes, roots: bytes) -> list[bytes]:
    """Return the same for many leaves: `heads` has each class, a space and the day, separated by zero bytes; `roots` has 32 bytes each."""
    written = hexlify(roots)
    return [
        before + written[64 * nth : 64 * nth + 64] + after
        for nth, (before, after) in enumerate(map(_around_root, heads.split(b"\0")))
    ]


@lru_cache
def _around_root(head: bytes) -> tuple[bytes, bytes]:
    leaf_class, _, day = head.decode().rpartition(" ")
    before, _, after = leaf_bytes(leaf_class, day, bytes(32)).partition(b"0" * 64)
    return before, after


def disclose(
    body: str,
    *,
    secret: bytes,
    entry_id: int,
    leaf_class: str,
    day: str,
    only: Collection[str] | None = None,
) -> bytes:
    """Return the disclosure of an entry: of all its fields, or of those that are named; canonical JSON."""
    fields = fields_of(body)
    salts = _salts(secret, entry_id, len(fields))
    shown: list[Any] = []
    for nth, (name, value) in enumerate(fields):
        salt = salts[nth * SALT_BYTES : (nth + 1) * SALT_BYTES]
        hidden = only is not None and name not in only
        shown.append(
            _base64(sha256(salt + _preimage(name, value)).digest())
            if hidden
            else [_base64(salt), name, value]
        )
    return canonical_bytes({"class": leaf_class, "day": day, "fields": shown, "v": VERSION})


def is_reduced(body: str) -> bool:
    """Tell whether this is what an erasure leaves of a body (``sql/reduce_entries.sql``)."""
    return '"erased":true' in body and json.loads(body).get("erased") is True


def receipt_code(entry_id: int, body: str) -> str:
    """Return the code of an entry's receipt: its number and the first thirty bits of its body's hash, which an erased entry keeps."""
    is_whole = not is_reduced(body)
    bits = (
        int.from_bytes(sha256(b"\x00" + body.encode()).digest()[:4]) >> 2
        if is_whole
        else json.loads(body)["check"]
    )
    return f"{entry_id}-" + "".join(CODE_LETTERS[bits >> shift & 31] for shift in range(25, -1, -5))


def _salts(secret: bytes, entry_id: int, count: int) -> bytes:
    return shake_256(secret + _SALTS + entry_id.to_bytes(8)).digest(SALT_BYTES * count)


def _preimage(name: str, value: Any) -> bytes:
    """Return the canonical JSON of a name and its value; fast for texts, since a publication can have a million entries."""
    if type(value) is str:
        return f'["{name}",{quoted(value)}]'.encode()
    if type(value) is int:
        return b'["%b",%d]' % (name.encode(), value)
    return canonical_bytes([name, value])


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def are_plain(bodies: str) -> bool:
    """Tell whether fields can be cut out of bodies as text, which is much cheaper than reading the JSON.

    In canonical JSON without an escape or a list, a comma before a quotation mark separates two members, except where a text ends in a
    comma; and a quotation mark before a colon ends a name, except where a text begins with a colon.
    """
    return not any(one in bodies for one in _NOT_PLAIN)


def _read(body: bytes) -> list[bytes]:
    return [_preimage(name, value) for name, value in fields_of(body.decode())]


def _cut(body: bytes) -> list[bytes] | None:
    """Cut a plain body, with its members separated, into fields; None if it is not an object or holds another object than its facts."""
    before, is_there, rest = body.partition(b'["facts",{"')
    if is_there:
        facts, _, after = rest.partition(b"}")
        body = before + b'["facts.' + facts.replace(b'\1["', b'\1["facts.') + after
    if body[:2] != b'{"' or body.find(b"{", 1) > 0 or body.find(b"}") != len(body) - 1:
        return None
    return (b"[" + body[1:-1] + b"]").split(b"\1")


def _flat(said: dict[str, Any]) -> Iterator[Field]:
    for name, value in said.items():
        if name == "facts" and isinstance(value, dict):
            yield from ((f"facts.{fact}", one) for fact, one in value.items())
        else:
            yield name, value
