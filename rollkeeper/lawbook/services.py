# SPDX-License-Identifier: EUPL-1.2
"""Keep the text of the law that is in force, and let two people put another version into force."""

import datetime as dt
from typing import Any

from rollkeeper.access.authority import Authority
from rollkeeper.access.dual_control import Approvals, approve
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.canonical import sha256_hex
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import EntryId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.countries import country_bytes
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack, pack_bytes
from rollkeeper.lawbook.errors import LAW_NOT_ADOPTED
from rollkeeper.lawbook.queries import is_adopted, subject_of
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb


def note_law(*, on: dt.date) -> None:
    """Record the text of this instance's law and of its country file, and the first day on which they hold, unless that is recorded
    already.

    The worker, a planning and an erasure begin with this. Refuses: as `load_pack`.
    """
    name = instance().pack
    pack = load_pack(name)
    country = country_bytes(pack.file.jurisdiction)
    present = (pack.hash, country and sha256_hex(country))
    last = _last_period()
    if last and (last.pack_hash, last.country_hash) == present:
        return
    with action():
        serialize_on("lawbook")
        last = _last_period()
        if last and (last.pack_hash, last.country_hash) == present:
            return
        _archive(pack, name)
        if country is not None:
            run(
                "INSERT INTO lawbook_countryfile (country_hash, country, text) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [present[1], pack.file.jurisdiction.partition("-")[0], country],
            )
        run(
            "INSERT INTO lawbook_period (period_id, pack_hash, country_hash, first_on) VALUES (%s, %s, %s, %s)",
            [new_uuid(), *present, max(on, last.first_on) if last else on],
        )


def _last_period() -> Any:
    """Return the row of the newest period; None if there is none yet."""
    found = rows(
        "SELECT pack_hash, country_hash, first_on FROM lawbook_period ORDER BY first_on DESC, period_id DESC LIMIT 1"
    )
    return found[0] if found else None


def adopt_law(authority: Authority, name: str, *, on: dt.date) -> Approvals:
    """Put a version of the law into force as one of two people; its text is kept from the first person's approval on.

    Ledger: law:version:adopted. Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, ALREADY_APPROVED, and as `load_pack`.
    """
    pack = load_pack(name)

    def enter(made: Approvals) -> EntryId:
        role = authority.role_for(Permission.ADOPT_LAW)
        assert role is not None  # noqa: S101 - `approve` has demanded it
        _archive(pack, name)
        return append_entry(
            authority, verb=Verb.LAW_ADOPTED, role=role.value, on=on, pack=pack.hash,
            facts={"enough": made.enough, "people": len(made.people)},
        )  # fmt: skip

    return approve(
        authority, Permission.ADOPT_LAW, subject_of(pack.hash), on=on, content=pack.hash, enter=enter
    )


def require_adopted(pack: Pack, *, on: dt.date) -> None:
    """Refuse a version that takes the place of another before two people adopted it. Refuses: LAW_NOT_ADOPTED."""
    if not is_adopted(pack.hash, on=on):
        raise LAW_NOT_ADOPTED(law=pack.id, version=pack.file.version)


def _archive(pack: Pack, name: str) -> None:
    text = pack_bytes(name)
    run(
        "INSERT INTO lawbook_version (pack_hash, law_id, version, text) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [sha256_hex(text), pack.id, str(pack.file.version), text],
    )
