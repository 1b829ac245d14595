# SPDX-License-Identifier: EUPL-1.2
"""Opens sealed values as a supervisor with a purpose; runs on the leak test's machine in a separate process.

Prints whatever a careless program would print of what came out, and the digest by which the test knows that it came out.
"""

import datetime as dt
import json
import logging
import pickle

from tests.leak.machine import PASSWORD


def main(count: str, day: str) -> int:
    """Open every field of some subscribers; return how many values came out but were not text."""
    from rollkeeper.access.services import sign_in
    from rollkeeper.kernel import ids
    from rollkeeper.kernel.canonical import sha256_hex
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.vault.errors import CannotOpen
    from rollkeeper.vault.fields import Field, Purpose
    from rollkeeper.vault.services import open_sealed

    open_instance()
    authority, on = sign_in("supervisor-01", PASSWORD), dt.date.fromisoformat(day)
    held = rows("SELECT person_id, tenure_id FROM lines_tenure WHERE upper_inf(held) LIMIT %s", [int(count)])
    for one in held:
        for field in (Field.NAME, Field.ADDRESS, Field.DOCUMENT_NUMBER, Field.ICCID):
            try:
                opened = open_sealed(
                    authority, person_id=ids.PersonId(one.person_id), tenure_id=ids.TenureId(one.tenure_id),
                    field=field, purpose=Purpose.COMPLAINT, on=on,
                )  # fmt: skip
            except CannotOpen:
                if field is Field.ICCID:
                    continue
                raise
            print(repr(opened), str(opened), f"{opened}", json.dumps(opened), pickle.dumps(opened))
            logging.getLogger("careless").error("opened %s %r", opened, [opened])
            print(field.value, sha256_hex(opened.reveal().encode()))
    try:
        open_sealed(
            authority, person_id=ids.PersonId(held[0].person_id), tenure_id=ids.TenureId(held[-1].tenure_id),
            field=Field.NAME, purpose=Purpose.COMPLAINT, on=on,
        )  # fmt: skip
    except CannotOpen as fault:
        print(fault)
        return 0
    return 1
