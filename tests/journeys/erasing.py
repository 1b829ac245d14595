"""What the proof of erasure does inside a home, each in a process of its own: end contracts, and try to open everything."""

import datetime as dt
import json
import sys

NUMBER = "+86139080{:05d}"


def end(first: int, last: int, day: str) -> dict[str, int]:
    """End the contracts of these people, as a holder asks for it at a counter."""
    from rollkeeper.access.authority import console_authority
    from rollkeeper.enrolment.acts import end_line
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.opening import open_home

    open_home()
    on = dt.date.fromisoformat(day)
    clock.give_day(on)
    for n in range(first, last):
        end_line(
            console_authority(), submission_key=f"ending-{n:05d}", number=NUMBER.format(n),
            document=("passport", f"X{n:08d}"), on=on,
        )  # fmt: skip
    return {"ended": last - first}


def look() -> dict[str, object]:
    """Open whatever opens: by the product's own way, then by every living key on every sealed value, then the lines."""
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.opening import open_home

    open_home()
    sealed = rows("SELECT person_id, holding_id, field, ciphertext FROM vault_sealed", using="vault")
    return {
        "sealed": len(sealed),
        "names": sorted(filter(None, (_name(row) for row in sealed if row.field == "name"))),
        "by_any_key": _by_any_key(sealed),
        "numbers": _numbers(),
    }


def _name(row):
    from rollkeeper.access.authority import Authority
    from rollkeeper.access.roles import StaffRole
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.ids import HoldingId, PersonId, StaffId, new_uuid
    from rollkeeper.vault.acts import open_sealed
    from rollkeeper.vault.errors import CannotOpen
    from rollkeeper.vault.fields import Field, Purpose

    officer = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "officer")
    try:
        return open_sealed(
            officer, person_id=PersonId(row.person_id), holding_id=HoldingId(row.holding_id), field=Field.NAME,
            purpose=Purpose.REVIEW, on=clock.today(),
        ).reveal()  # fmt: skip
    except CannotOpen:
        return None


def _by_any_key(sealed):
    """Try every key that the store holds on every sealed value, each bound as it was sealed; count persons that open."""
    from rollkeeper.kernel.database import rows
    from rollkeeper.vault import epochs, wire
    from rollkeeper.vault.errors import CannotOpen

    kept = rows("SELECT person_id, holding_id, wrapped FROM person_key", using="keys")
    opened = epochs.Keyring().open_person_keys(
        [bytes(k.wrapped) for k in kept],
        contexts=[wire.person_key_context(k.person_id.bytes, k.holding_id.bytes) for k in kept],
    )
    people = set()
    for row in sealed:
        binding = wire.attribute_binding(row.person_id.bytes, row.holding_id.bytes)
        for key in filter(None, opened):
            try:
                wire.open_attribute(key, bytes(row.ciphertext), binding=binding, field=row.field.encode())
            except CannotOpen:
                continue
            people.add(row.person_id)
    return len(people)


def _numbers():
    from rollkeeper.access.authority import sweep_authority
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.ids import LineId
    from rollkeeper.vault.acts import open_line_values
    from rollkeeper.vault.errors import CannotOpen
    from rollkeeper.vault.fields import LineField, Purpose

    kept = rows(
        "SELECT line_id, number_sealed FROM lines_line WHERE number_sealed IS NOT NULL", using="vault"
    )
    opened = open_line_values(
        sweep_authority(), LineField.NUMBER, [(LineId(k.line_id), bytes(k.number_sealed)) for k in kept],
        purpose=Purpose.NOTICE, on=clock.today(),
    )  # fmt: skip
    numbers = []
    for one in opened:
        try:
            numbers.append(one.reveal())
        except CannotOpen:
            continue
    return sorted(numbers)


if __name__ == "__main__":
    import django

    django.setup()
    from rollkeeper.kernel import opening
    from rollkeeper.site.boot import open_home

    opening.open_home_with(open_home)
    words = sys.argv[1:]
    print(json.dumps(look() if words == ["look"] else end(int(words[0]), int(words[1]), words[2])))
