"""The vault against bare cryptography and bare COPY of the same bytes, and against a bare SELECT and INSERT.

Sealing takes random keys and nonces from the machine, binds and pads each value, makes a commitment to each person, and writes to two
stores. The baseline encrypts as many values under as many keys, and copies the same tuples.
"""

import contextlib
import datetime as dt
import hmac
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey
from django.db import connections, transaction

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.database import run as execute
from rollkeeper.kernel.ids import LineId, PersonId, StaffId, TenureId, new_uuid, new_uuids
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.opening import open_field
from rollkeeper.operations.worker_processes import vault_service
from rollkeeper.registration.services import register_subscriber
from rollkeeper.vault import client, epochs, keys, services, wire
from rollkeeper.vault.blind_index import blind_numbers
from rollkeeper.vault.bulk_writes import copy_binary
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.rotation import rotate
from rollkeeper.vault.settings import settings
from tests.registration.people import fresh_number, submission

DAY = dt.date(2012, 3, 2)
Row = tuple[str, int, float, float | None, float | None, str]
BATCH = 10_000
OPENED = 300
MAX_LOOKUPS = 100
"""How many lines one account looks up in both ways: fewer than its limit for a day."""
AT_ONCE = 20_000
"""How many people are in memory at a time; after so many, the product and the bare tools take turns."""


def run(sizes: list[int]) -> Iterator[Row]:
    """Measure numbers at every size; people, the public half and single openings at sizes that take seconds."""
    for size in sizes:
        yield seal_and_blind_numbers(size)
    for size in sizes:
        yield from seal_and_shred_in_bulk(size)
    yield seal_with_the_public_half(people(min(sizes[0], 5_000)))
    yield from reseal(min(sizes[0], 5_000))
    opened = min(sizes[0], OPENED)
    yield open_one_by_one(people(opened))
    yield look_up_and_open(opened)
    yield through_the_service(min(opened, MAX_LOOKUPS))


def people(count: int) -> list[services.PersonRecord]:
    """Invent so many people with four attributes each."""
    return [
        services.PersonRecord(
            PersonId(p),
            TenureId(h),
            {
                Field.NAME: f"Invented Person {n}",
                Field.ADDRESS: f"拉萨市城关区虚构路 {n} 号",
                Field.DOCUMENT_TYPE: "cn-resident-card",
                Field.DOCUMENT_NUMBER: f"{n:017}X",
            },
        )
        for n, (p, h) in enumerate(zip(new_uuids(count), new_uuids(count), strict=True))
    ]


def seal_and_shred_in_bulk(count: int) -> Iterator[Row]:
    """Seal as the import does, in the vault's own process, then destroy all keys; its limit is a bare rate of 20,000 a second.

    The bare tools copy every tuple of the same people, in the order in which the product wrote them.
    """
    warm = people(100)
    services.seal_persons(warm)
    services.shred(pairs_of(warm))
    empty()
    pairs: list[tuple[PersonId, TenureId]] = []
    both: list[tuple[float, float]] = []
    with like("vault_sealed", "default") as bare_sealed, like("person_key", "keys") as bare_key:
        for _ in range(0, count, AT_ONCE):
            records = people(min(AT_ONCE, count))
            sealing = timed(lambda some=records: services.seal_persons(some))
            since = min(record.person_id for record in records)
            sealed, wrapped = tuples("vault_sealed", "default", since), tuples("person_key", "keys", since)
            assert (len(wrapped), len(sealed)) == (len(records), 4 * len(records))
            both.append(
                (sealing, timed(lambda k=wrapped, v=sealed: bare_tools(len(k), bare_key, k, bare_sealed, v)))
            )
            pairs += pairs_of(records)
    seconds, bare = middle(both)
    yield "seal 4 attributes a person, in bulk", count, seconds, bare, seconds / bare, "3"
    begun = time.perf_counter()
    shredded = services.shred(pairs)
    spent, limit = time.perf_counter() - begun, count / 20_000
    assert shredded == len(pairs), (shredded, len(pairs))
    empty()  # so that the next measurement does not run among their dead rows
    yield "shred", count, spent, limit, spent / limit, "1 (20,000/s)"


def empty() -> None:
    """Empty both stores, without leaving dead rows."""
    execute("TRUNCATE vault_sealed")
    with owner("keys"):
        execute("TRUNCATE person_key", using="keys")


def pairs_of(records: Sequence[services.PersonRecord]) -> list[tuple[PersonId, TenureId]]:
    """Return the pairs (person, tenure) that name the keys."""
    return [(record.person_id, record.tenure_id) for record in records]


def bare_tools(
    count: int, key_table: str, wrapped: list[bytes], value_table: str, sealed: list[bytes]
) -> None:
    """Encrypt as many values under as many keys, and copy the very same tuples."""
    encrypt_bare(count)
    copy_in_batches(key_table, wrapped, "keys", BATCH)
    copy_in_batches(value_table, sealed, "default", BATCH * 4)


def encrypt_bare(count: int) -> None:
    """Encrypt a key and four attributes for each of so many people, each person's under a separate key."""
    wrap = AESGCM(os.urandom(32)).encrypt
    nonce, values = bytes(12), [bytes(64), bytes(128), bytes(32), bytes(32)]
    for key in wire.random_keys(count):
        wrap(nonce, key, None)
        encrypt = AESGCM(key).encrypt
        for value in values:
            encrypt(nonce, value, None)


def seal_and_blind_numbers(count: int) -> Row:
    """Seal and index numbers as the import does, against AES-GCM and HMAC in a loop."""
    lines = [LineId(u) for u in new_uuids(count)]
    numbers = [f"+86138{n:08}" for n in range(count)]
    pairs = list(zip(lines, numbers, strict=True))

    def product() -> None:
        services.seal_line_values(LineField.NUMBER, pairs)
        blind_numbers(numbers)

    def baseline() -> None:
        key, nonce = os.urandom(32), bytes(12)
        encrypt, digest = AESGCM(key).encrypt, hmac.digest
        for line, number in pairs:
            encrypt(nonce, number.encode(), line.bytes)
            digest(key, number.encode(), "sha256")

    seconds, bare = timed(product), timed(baseline)
    return "seal and blind numbers", count, seconds, bare, seconds / bare, ""


def seal_with_the_public_half(records: list[services.PersonRecord]) -> Row:
    """Seal as the counter does, against bare HPKE sealing of as many keys."""

    def product(some: Sequence[services.PersonRecord]) -> None:
        with only_the_public_half():
            services.seal_persons(some)

    seconds, bare = in_turns(records, 250, product, lambda some: hpke_bare(len(some)))
    return "seal 4 attributes a person, public half", len(records), seconds, bare, seconds / bare, "1.67"


def reseal(count: int) -> Iterator[Row]:
    """Renew the keys in a whole rotation, against bare HPKE sealing of as many keys.

    Measured for keys that the vault's process sealed, and for keys that counters sealed with the public half, which HPKE opens first.
    """
    for kind, sealing in (("vault's process", contextlib.nullcontext), ("counters", only_the_public_half)):
        execute("TRUNCATE vault_sealed")
        execute("DELETE FROM person_key", using="keys")
        with sealing():
            services.seal_persons(people(count))
        begun = time.perf_counter()
        rotated = rotate(console_authority(), on=DAY)
        seconds = time.perf_counter() - begun
        assert rotated.people == count, (rotated, count)
        bare = timed(lambda: hpke_bare(count))
        yield f"re-seal everybody, keys sealed by {kind}", count, seconds, bare, seconds / bare, "1.5"


@contextlib.contextmanager
def only_the_public_half() -> Iterator[None]:
    """Make this process one that can seal and not open, for the length of a block."""
    may_open, epochs.may_open = epochs.may_open, lambda: False
    try:
        yield
    finally:
        epochs.may_open = may_open


def hpke_bare(count: int) -> None:
    """Seal so many keys with the library alone."""
    epoch = keys.living_epoch()
    public = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(epoch.public_key[:1184]),
        X25519PublicKey.from_public_bytes(epoch.public_key[1184:]),
    )
    for secret in wire.random_keys(count):
        wire.SUITE.encrypt(secret, public)


def open_one_by_one(records: list[services.PersonRecord]) -> Row:
    """Open one attribute at a time, ledger entry included, against a primary key's SELECT and a durable INSERT."""
    services.seal_persons(records)
    looks = officers(len(records))

    def product(some: Sequence[tuple[Authority, services.PersonRecord]]) -> None:
        for look, r in some:
            services.open_sealed(
                look,
                person_id=r.person_id,
                tenure_id=r.tenure_id,
                field=Field.NAME,
                purpose=Purpose.REVIEW,
                on=DAY,
            )

    def baseline(some: Sequence[tuple[Authority, services.PersonRecord]]) -> None:
        select_and_insert([(r.person_id, r.tenure_id) for _, r in some])

    seconds, bare = in_turns(list(zip(looks, records, strict=True)), 25, product, baseline)
    return "open one attribute, entry included", len(records), seconds, bare, seconds / bare, "3"


def look_up_and_open(count: int) -> Row:
    """Find a line by its whole number and open its subscriber's name, entry included, against the same bare pair."""
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32)
    given = [submission(fresh_number()) for _ in range(count)]
    for one in given:
        register_subscriber(clerk, one, on=DAY)
    pairs = [
        (row.person_id, row.tenure_id)
        for row in rows("SELECT person_id, tenure_id FROM lines_tenure LIMIT %s", [count])
    ]
    looks = officers(count)

    def product(some: Sequence[tuple[Authority, str, tuple[PersonId, TenureId]]]) -> None:
        for look, number, _ in some:
            open_field(look, number, field=Field.NAME, purpose=Purpose.REVIEW, on=DAY)

    def baseline(some: Sequence[tuple[Authority, str, tuple[PersonId, TenureId]]]) -> None:
        select_and_insert([pair for _, _, pair in some])

    numbers = [one.number for one in given]
    seconds, bare = in_turns(list(zip(looks, numbers, pairs, strict=True)), 25, product, baseline)
    return "look up a number and open its subscriber's name", count, seconds, bare, seconds / bare, "3"


def through_the_service(count: int) -> Row:
    """Find a line by its whole number and let the vault service open its subscriber's name, against opening it in this process.

    The service is the real process, with its user and its socket; the session is signed in once, like that of a page.
    """
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32)
    given = [submission(fresh_number()) for _ in range(count)]
    for one in given:
        register_subscriber(clerk, one, on=DAY)
    roles = [StaffRole.DATA_PROTECTION_OFFICER]
    password, name = "copper meadow violin tide", f"officer-{new_uuid().hex[:8]}"
    staff_id = add_staff(console_authority(), username=name, password=password, roles=roles, on=clock.today())
    here = Authority(frozenset(roles), staff_id, "0f" * 32)
    before = settings().opens_per_day, settings().opens_per_day_total
    write_settings(vault={"opens_per_day": 10 * count + 100, "opens_per_day_total": 100 * count + 10_000})
    service = vault_service()
    try:
        while not client.is_reachable():
            service.keep_going()
            time.sleep(0.1)
        session = client.sign_in(name, password, str)

        def product(some: Sequence[str]) -> None:
            for number in some:
                session.ask("open-field", line=number, field="name", purpose="review")

        def direct(some: Sequence[str]) -> None:
            for number in some:
                open_field(here, number, field=Field.NAME, purpose=Purpose.REVIEW, on=DAY)

        seconds, bare = in_turns([one.number for one in given], 25, product, direct)
    finally:
        service.stop()
        write_settings(vault={"opens_per_day": before[0], "opens_per_day_total": before[1]})
    return (
        "open a name through the vault service, against in this process",
        count,
        seconds,
        bare,
        seconds / bare,
        "3",
    )


def officers(count: int) -> list[Authority]:
    """Return the officer for each of so many openings: a new one after every 25, since an officer may open at most 60 a day."""
    people = [
        Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "0f" * 32)
        for _ in range(count // 25 + 1)
    ]
    return [people[n // 25] for n in range(count)]


def select_and_insert(pairs: Sequence[tuple[PersonId, TenureId]]) -> None:
    """Do only what every opening needs: one SELECT by primary key and one durable INSERT, as the tables' owner."""
    for person_id, tenure_id in pairs:
        rows(
            "SELECT ciphertext FROM vault_sealed WHERE person_id = %s AND tenure_id = %s AND field = 'name'",
            [person_id, tenure_id],
        )
        execute(
            "INSERT INTO ledger_entry (at, day, verb, body) VALUES (now(), now(), 'bench', %s)",
            ["x" * 300],
        )


@contextlib.contextmanager
def like(table: str, using: str) -> Iterator[str]:
    """Make a table of the same form, for the length of a block."""
    statements = {
        "vault_sealed": "CREATE TABLE bare_sealed (LIKE vault_sealed INCLUDING INDEXES)",
        "person_key": "CREATE TABLE bare_key (LIKE person_key INCLUDING INDEXES)",
    }
    with owner(using):
        execute(statements[table], using=using)
        yield statements[table].split()[2]
        execute("DROP TABLE " + statements[table].split()[2], using=using)


@contextlib.contextmanager
def owner(using: str) -> Iterator[None]:
    """Give the connection to the store of keys its owner's role, for the length of a block."""
    from rollkeeper.kernel import stores
    from rollkeeper.kernel.database import KeysRole, address

    if using != "keys":
        yield
        return
    change(using, address(stores.KEYS, KeysRole.MIGRATOR))
    try:
        yield
    finally:
        change(using, address(stores.KEYS, KeysRole.VAULT))


def change(using: str, settings: dict[str, object]) -> None:
    """Connect again with other settings."""
    connections[using].close()
    connections[using].settings_dict.update(settings)


def tuples(table: str, using: str, since: PersonId) -> list[bytes]:
    """Return a table's rows from this person's reference on, in the order of writing, as tuples for a binary COPY."""
    columns = {
        "vault_sealed": "SELECT person_id, tenure_id, field, ciphertext FROM vault_sealed WHERE person_id >= %s ORDER BY ctid",
        "person_key": "SELECT person_id, tenure_id, epoch_id, wrapped FROM person_key WHERE person_id >= %s ORDER BY ctid",
    }[table]
    found = rows(columns, [since], using=using)
    return [b"\x00\x04" + b"".join(column(value) for value in row) for row in found]


def column(value: object) -> bytes:
    """Write one value as a binary COPY takes it."""
    match value:
        case int():
            data = value.to_bytes(4)
        case str():
            data = value.encode()
        case bytes() | memoryview():
            data = bytes(value)
        case _:
            data = value.bytes
    return len(data).to_bytes(4) + data


def copy_in_batches(table: str, tuples: list[bytes], using: str, size: int) -> None:
    """Copy tuples, committed batch by batch."""
    for start in range(0, len(tuples), size):
        with transaction.atomic(using=using):
            copy_binary(
                "COPY " + table + " FROM STDIN (FORMAT BINARY)", tuples[start : start + size], using=using
            )


def timed(what: Callable[[], object]) -> float:
    """Return how many seconds a function takes."""
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def in_turns[T](
    work: Sequence[T],
    size: int,
    product: Callable[[Sequence[T]], object],
    bare: Callable[[Sequence[T]], object],
) -> tuple[float, float]:
    """Return the seconds of both for all the work, from the median slice: they take turns, since the machine may have other work."""
    slices = [work[start : start + size] for start in range(0, len(work), size)]
    return middle(
        [(timed(lambda some=some: product(some)), timed(lambda some=some: bare(some))) for some in slices]
    )


def middle(both: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the seconds of product and baseline for all their slices, from the median slice of each."""
    return (
        statistics.median(first for first, _ in both) * len(both),
        statistics.median(second for _, second in both) * len(both),
    )
