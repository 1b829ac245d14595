"""An archive opens whole, genuine and under its root, or not at all."""

import hashlib
import io

import pytest

from rollkeeper.vault import archive, wire
from rollkeeper.vault.archive import CHUNK_BYTES, ArchiveReader, ArchiveWriter
from rollkeeper.vault.errors import ARCHIVE_OF_ANOTHER_ROOT, ArchiveDamaged, CannotOpen
from tests.refusals import refusing

SEALED = CHUNK_BYTES + wire.TAG_BYTES
NOTE = b'{"part": "register"}'


class Root:
    """A root with one version, in memory."""

    def __init__(self) -> None:
        self.key = wire.random_keys(1)[0]

    def wrap(self, secret: bytes, *, context: bytes) -> bytes:
        return wire.encrypt(self.key, secret, context=context)

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        return wire.decrypt(self.key, wrapped, context=context)


@pytest.fixture
def root():
    return Root()


def sealed(root: Root, data: bytes, *, at_once: int = 300_000) -> bytes:
    out = io.BytesIO()
    writer = ArchiveWriter.begin(out, root=root, note=NOTE)
    for start in range(0, len(data), at_once):
        writer.write(data[start : start + at_once])
    writer.finish()
    return out.getvalue()


def opened(root: Root, raw: bytes) -> bytes:
    reader = ArchiveReader(io.BytesIO(raw), root=root)
    data = reader.readall()
    reader.drain()
    return data


def parts(raw: bytes) -> tuple[bytes, list[bytes]]:
    head, _, _ = archive.read_head(io.BytesIO(raw))
    body = raw[len(head) :]
    return head, [body[i : i + SEALED] for i in range(0, len(body), SEALED)]


def noise(count: int) -> bytes:
    return (hashlib.sha256(b"noise").digest() * (count // 32 + 1))[:count]


@pytest.mark.parametrize(
    "count", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7]
)
def test_what_was_sealed_comes_back(root, count):
    data = noise(count)

    raw = sealed(root, data)

    assert opened(root, raw) == data
    assert len(parts(raw)[1]) == max(1, -(-count // CHUNK_BYTES))


def test_the_format_is_the_one_that_is_drawn():
    key, wrapped = bytes(range(32)), bytes(range(60))
    out = io.BytesIO()

    writer = ArchiveWriter(out, key=key, head=archive.make_head(wrapped, note=NOTE))
    writer.write(noise(CHUNK_BYTES + 5))
    writer.finish()

    raw = out.getvalue()
    assert raw[:11] == b"RKARCHIV\x01\x00\x3c"
    assert raw[11:71] == wrapped
    assert raw[71:75] == len(NOTE).to_bytes(4)
    assert hashlib.sha256(raw).hexdigest() == GOLDEN


GOLDEN = "e5566b5599e67de28555eac5e95b1cbb58a1629d16cc44d1eccfd2f52ee75925"


def test_two_archives_of_the_same_bytes_have_nothing_in_common(root):
    one, two = (parts(sealed(root, noise(100)))[1] for _ in range(2))

    assert one != two


@pytest.mark.parametrize("cut", [1, 16, SEALED, 2 * SEALED])
def test_one_that_was_cut_short_does_not_open(root, cut):
    raw = sealed(root, noise(3 * CHUNK_BYTES))

    with pytest.raises(ArchiveDamaged):
        opened(root, raw[:-cut])


def test_one_that_was_cut_to_its_head_does_not_open(root):
    head, _ = parts(sealed(root, b"value"))

    for short in (head, head[:-1], head[:9], b""):
        with pytest.raises(ArchiveDamaged):
            opened(root, short)


def test_one_that_was_lengthened_does_not_open(root):
    raw = sealed(root, noise(CHUNK_BYTES))
    _, chunks = parts(raw)

    for more in (b"\x00", chunks[-1], bytes(SEALED)):
        with pytest.raises(ArchiveDamaged):
            opened(root, raw + more)


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 0, 2, 3), (0, 2, 3), (0, 1, 3, 2)])
def test_chunks_in_another_order_do_not_open(root, order):
    head, chunks = parts(sealed(root, noise(4 * CHUNK_BYTES)))

    with pytest.raises(ArchiveDamaged):
        opened(root, head + b"".join(chunks[n] for n in order))


def test_a_chunk_of_another_archive_does_not_open(root):
    head, mine = parts(sealed(root, noise(2 * CHUNK_BYTES)))
    _, theirs = parts(sealed(root, noise(2 * CHUNK_BYTES)))

    with pytest.raises(ArchiveDamaged):
        opened(root, head + mine[0] + theirs[1])


def test_one_flipped_bit_anywhere_is_noticed(root):
    raw = sealed(root, b"value")
    places = [0, 8, 9, 11, 30, len(parts(raw)[0]) - 1, len(raw) - 17, len(raw) - 1]

    for place in places:
        changed = bytearray(raw)
        changed[place] ^= 1
        with refusing(ArchiveDamaged, ARCHIVE_OF_ANOTHER_ROOT):
            opened(root, bytes(changed))


def test_another_root_opens_nothing(root):
    raw = sealed(root, b"value")

    with refusing(ARCHIVE_OF_ANOTHER_ROOT):
        opened(Root(), raw)


def test_a_key_wrapped_for_something_else_does_not_open_an_archive(root):
    stolen = root.wrap(bytes(32), context=b"rollkeeper/epoch-secret\x00\x00\x00\x00\x01")
    out = io.BytesIO()
    writer = ArchiveWriter(out, key=bytes(32), head=archive.make_head(stolen, note=NOTE))
    writer.finish()

    with refusing(ARCHIVE_OF_ANOTHER_ROOT):
        opened(root, out.getvalue())
    with pytest.raises(CannotOpen):
        root.unwrap(stolen, context=b"rollkeeper/archive\x00")
