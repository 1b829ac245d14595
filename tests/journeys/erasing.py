"""The erasure proof inside an instance, each step in a separate process: it ends contracts and tries to open everything.

`carve` is the thief who does not ask PostgreSQL: it looks at every byte of every file under a folder for anything that
has the shape of an epoch's wrapped secret or of a person's wrapped key, whether it lies in a page that was given up, in
the write-ahead log or in a table, and tries each on everybody.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

NUMBER = "+86139080{:05d}"


def end(first: str, last: str, day: str) -> dict[str, int]:
    """End the contracts of these people at a counter, at their request."""
    from rollkeeper.access.authority import console_authority
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.registration.services import terminate_line

    open_instance()
    on = dt.date.fromisoformat(day)
    clock.set_demo_date(on)
    for n in range(int(first), int(last)):
        terminate_line(
            console_authority(), submission_key=f"ending-{n:05d}", number=NUMBER.format(n),
            document=("passport", f"X{n:08d}"), on=on,
        )  # fmt: skip
    return {"ended": int(last) - int(first)}


def sim_of(n: int, *, nth: int = 0) -> str:
    """Return the number of the nth SIM of one of these people."""
    from stdnum import luhn

    body = f"89860{nth}{n:012d}"
    return body + luhn.calc_check_digit(body)


def replace_sims(first: str, last: str, day: str) -> dict[str, int]:
    """Give these people another SIM at a counter."""
    from rollkeeper.access.authority import console_authority
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.registration.services import replace_sim

    open_instance()
    on = dt.date.fromisoformat(day)
    clock.set_demo_date(on)
    for n in range(int(first), int(last)):
        replace_sim(
            console_authority(), submission_key=f"another-sim-{n:05d}", number=NUMBER.format(n),
            document=("passport", f"X{n:08d}"), on=on, sim={"iccid": sim_of(n, nth=1)},
        )  # fmt: skip
    return {"replaced": int(last) - int(first)}


def person(n: int) -> dict[str, str]:
    """Invent one of these people, with the SIM of the line."""
    return {
        "name": f"Invented {n}",
        "address": f"Invented Road {n}, Lhasa",
        "document_type": "passport",
        "document_number": f"X{n:08d}",
        "iccid": sim_of(n),
    }


def take_copies(first: str, last: str, day: str) -> dict[str, int]:
    """Register these people with a copy of the document of each."""
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.instance import open_instance
    from tests.selfcare.people import register_line

    open_instance()
    on = dt.date.fromisoformat(day)
    clock.set_demo_date(on)
    for n in range(int(first), int(last)):
        register_line(NUMBER.format(n), person(n), on=on, copies=(b"\xff\xd8 an invented picture",))
    return {"taken": int(last) - int(first)}


def look_at_copies() -> dict[str, int]:
    """Open each copy that the register lists, with the product's own code; count the copies, and those that open."""
    from rollkeeper.access.authority import worker_authority
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.ids import PersonId, TenureId
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.vault.errors import CannotOpen
    from rollkeeper.vault.fields import Purpose
    from rollkeeper.vault.services import open_copy

    open_instance()
    known, opened = rows("SELECT person_id, tenure_id, position FROM vault_copy", using="vault"), 0
    for row in known:
        try:
            open_copy(
                worker_authority(), person_id=PersonId(row.person_id), tenure_id=TenureId(row.tenure_id), position=row.position,
                purpose=Purpose.REVIEW, on=clock.today(),
            )  # fmt: skip
        except CannotOpen:
            continue
        opened += 1
    return {"known": len(known), "opened": opened}


def look() -> dict[str, object]:
    """Try to open everything: with the product's own code, then each living key on each sealed value, then the lines.

    As the register itself, whom no limit of a day holds back: it is tried on more people than all staff may open.
    """
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.instance import open_instance

    open_instance()
    sealed = rows("SELECT person_id, tenure_id, field, ciphertext FROM vault_sealed", using="vault")
    return {
        "sealed": len({(row.person_id, row.tenure_id) for row in sealed}),
        "names": sorted(filter(None, (_opened(row) for row in sealed if row.field == "name"))),
        "sims": sorted(filter(None, (_opened(row) for row in sealed if row.field == "iccid"))),
        "by_any_key": _by_any_key(sealed),
        "numbers": _numbers(),
    }


def _opened(row):
    from rollkeeper.access.authority import worker_authority
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.ids import PersonId, TenureId
    from rollkeeper.vault.errors import CannotOpen
    from rollkeeper.vault.fields import Field, Purpose
    from rollkeeper.vault.services import open_sealed

    try:
        return open_sealed(
            worker_authority(), person_id=PersonId(row.person_id), tenure_id=TenureId(row.tenure_id), field=Field(row.field),
            purpose=Purpose.REVIEW, on=clock.today(),
        ).reveal()  # fmt: skip
    except CannotOpen:
        return None


def _by_any_key(sealed):
    """Try every key in the store on every sealed value, bound as it was sealed; count the persons that open."""
    from rollkeeper.kernel.database import rows
    from rollkeeper.vault import epochs, wire
    from rollkeeper.vault.errors import CannotOpen

    kept = rows("SELECT person_id, tenure_id, wrapped FROM person_key", using="keys")
    opened = epochs.Keyring().open_person_keys(
        [bytes(k.wrapped) for k in kept],
        contexts=[wire.person_key_context(k.person_id.bytes, k.tenure_id.bytes) for k in kept],
    )
    people = set()
    for row in sealed:
        binding = wire.attribute_binding(row.person_id.bytes, row.tenure_id.bytes)
        _, sealed_value = wire.sim_of(bytes(row.ciphertext))
        for key in filter(None, opened):
            try:
                wire.open_attribute(key, sealed_value, binding=binding, field=row.field.encode())
            except CannotOpen:
                continue
            people.add(row.person_id)
    return len(people)


def _numbers():
    from rollkeeper.access.authority import worker_authority
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.ids import LineId
    from rollkeeper.vault.errors import CannotOpen
    from rollkeeper.vault.fields import LineField, Purpose
    from rollkeeper.vault.services import open_line_values

    kept = rows("SELECT line_id, number_sealed FROM lines_line WHERE number_sealed IS NOT NULL")
    opened = open_line_values(
        worker_authority(), LineField.NUMBER, [(LineId(k.line_id), bytes(k.number_sealed)) for k in kept],
        purpose=Purpose.NOTICE, on=clock.today(),
    )  # fmt: skip
    numbers = []
    for one in opened:
        try:
            numbers.append(one.reveal())
        except CannotOpen:
            continue
    return sorted(numbers)


def carve(*folders: str) -> dict[str, object]:
    """Return the names that open by keys found among the bytes of these files, with this instance's root as it is now."""
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.instance import open_instance

    open_instance()
    sealed = rows(
        "SELECT person_id, tenure_id, ciphertext FROM vault_sealed WHERE field = 'name'", using="vault"
    )
    files = [file for folder in folders for file in Path(folder).rglob("*") if file.is_file()]
    secrets = _epoch_secrets(files)
    keys = {envelope for file in files for envelope in _envelopes(file.read_bytes(), set(secrets))}
    names = set()
    for row in sealed:
        for key in _keys_that_open(row, keys, secrets):
            names |= set(filter(None, [_name_under(key, row)]))
    return {"epochs": sorted(secrets), "wrapped": len(keys), "names": sorted(names)}


def guess(first: str, last: str) -> dict[str, object]:
    """Compare numbers and documents with the hashes of the register, with this instance's index key; return which were found."""
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.lines.queries import find_lines
    from rollkeeper.subscribers.queries import document_index, find_persons
    from rollkeeper.vault.blind_index import blind_numbers

    open_instance()
    tried = range(int(first), int(last))
    lines = find_lines(blind_numbers([NUMBER.format(n) for n in tried]))
    persons = find_persons(document_index([("passport", f"X{n:08d}") for n in tried]))
    return {
        "numbers": [n for n, line in zip(tried, lines, strict=True) if line],
        "documents": [n for n, person in zip(tried, persons, strict=True) if person],
    }


_SECRET_OF_A_FILE = re.compile(rb"\x01\x00\x00\x00\x00[\x01-\x10]")
_SECRET_OF_A_SERVICE = re.compile(rb"vault:v[0-9]+:[A-Za-z0-9+/]{40,}={0,2}")
_SECRET_BYTES = 6 + 12 + 32 + 16
_ENVELOPE = re.compile(rb"\x01([\x01\x02])\x00\x00\x00([\x01-\x10])")
_LENGTHS = {1: 6 + 12 + 32 + 16, 2: 6 + 1120 + 32 + 16}


def _epoch_secrets(files: list[Path]) -> dict[int, list[object]]:
    """Let the root unwrap everything that looks wrapped by it; return the results, by epoch."""
    from rollkeeper.vault import epochs
    from rollkeeper.vault.errors import CannotOpen

    found: dict[int, list[object]] = {}
    texts = {
        wrapped
        for file in files
        for data in [file.read_bytes()]
        for wrapped in [*_secrets_of_a_file(data), *_SECRET_OF_A_SERVICE.findall(data)]
    }
    for wrapped in texts:
        for epoch_id in (1, 2, 3):
            try:
                found.setdefault(epoch_id, []).append(epochs.unwrapped(epoch_id, wrapped))
            except CannotOpen:
                continue
    return {epoch_id: secrets for epoch_id, secrets in found.items() if secrets}


def _secrets_of_a_file(data: bytes) -> Iterator[bytes]:
    for match in _everywhere(_SECRET_OF_A_FILE, data):
        yield data[match.start() : match.start() + _SECRET_BYTES]


def _envelopes(data: bytes, epochs: set[int]) -> Iterator[bytes]:
    for match in _everywhere(_ENVELOPE, data):
        if match[2][0] in epochs:
            yield data[match.start() : match.start() + _LENGTHS[match[1][0]]]


def _everywhere(head: re.Pattern[bytes], data: bytes) -> Iterator[re.Match[bytes]]:
    """Find each place where a head begins, even inside another head."""
    at = 0
    while match := head.search(data, at):
        yield match
        at = match.start() + 1


def _keys_that_open(row, envelopes: set[bytes], secrets: dict[int, list[object]]) -> Iterator[bytes]:
    from rollkeeper.vault import wire

    context = wire.person_key_context(row.person_id.bytes, row.tenure_id.bytes)
    candidates = list(envelopes)
    for epoch_secrets in secrets.values():
        for secret in epoch_secrets:
            opened = secret.open_person_keys(candidates, contexts=[context] * len(candidates))
            yield from filter(None, opened)


def _name_under(key: bytes, row) -> str | None:
    from rollkeeper.vault import wire
    from rollkeeper.vault.errors import CannotOpen

    binding = wire.attribute_binding(row.person_id.bytes, row.tenure_id.bytes)
    try:
        return wire.open_attribute(key, bytes(row.ciphertext), binding=binding, field=b"name").decode()
    except CannotOpen:
        return None


def main(what: str, *words: str) -> None:
    """Do one of these steps and print its result as JSON."""
    steps = {
        "look": look, "carve": carve, "end": end, "guess": guess, "take_copies": take_copies,
        "look_at_copies": look_at_copies, "replace_sims": replace_sims,
    }  # fmt: skip
    done = steps[what](*words)
    print(json.dumps(done))
