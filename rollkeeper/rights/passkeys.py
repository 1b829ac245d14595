# SPDX-License-Identifier: EUPL-1.2
"""A passkey as the second proof: added by whoever showed who they are, removed by them alone, compared here and nowhere else.

The browser's answer comes through the portal as it is; the challenge that it signed was made here and lies with the visit, so
that a portal that was taken over can show no passkey again. What a browser is asked for names no passkey: whoever holds the
telephone learns from it neither whether there is one nor whose.
"""

import datetime as dt
import json
import os
from typing import TYPE_CHECKING, Any, Final, cast

from rollkeeper.access.authority import demand
from rollkeeper.access.passkeys import passkey_domain
from rollkeeper.access.roles import Power
from rollkeeper.enrolment.receipts import once
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import lock_line
from rollkeeper.rights.acts import Asked, key_of
from rollkeeper.rights.errors import PasskeyNotRead, PasskeysNotHere, TooManyPasskeys
from rollkeeper.rights.proving import demand_provable, may_try, note_proof
from rollkeeper.rights.visits import Visit

if TYPE_CHECKING:  # it reads the list of public suffixes: whoever only asks for a page does not wait for that
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

MOST: Final = 5
"""Passkeys of one person."""


def begin_passkey(visit: Visit, _: Asked, **_on: dt.date) -> dict[str, Any]:
    """Return what a browser needs to make a passkey. Refuses: ProofNeeded, PasskeysNotHere, TooManyPasskeys."""
    from fido2.webauthn import PublicKeyCredentialUserEntity

    person_id, server = visit.demand_proof(), _server()
    known = _known(person_id)
    if len(known) >= MOST:
        raise TooManyPasskeys(passkeys=len(known))
    name = settings().operator_name  # the passkey carries it about: nothing personal stands in it
    options, _ = server.register_begin(
        PublicKeyCredentialUserEntity(id=os.urandom(32), name=name, display_name=name), list(known.values()),
        resident_key_requirement=_required("ResidentKeyRequirement"),
        user_verification=_required("UserVerificationRequirement"), challenge=_new_challenge(visit),
    )  # fmt: skip
    return {"options": dict(options)["publicKey"]}


def add_passkey(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Take a passkey that was made for this visit.

    Ledger: rights:passkey:added. Refuses: ProofNeeded, PasskeysNotHere, PasskeyNotRead, TooManyPasskeys.
    """
    person_id = visit.demand_proof()

    def do() -> tuple[LineId, EntryId]:
        role, server = demand(visit.authority, Power.SEE_OWN), _server()
        lock_line(visit.line_id)
        if len(_known(person_id)) >= MOST:
            raise TooManyPasskeys(passkeys=MOST)
        try:
            made = server.register_complete(_state(visit), _credential(asked))
        except (ValueError, TypeError, KeyError):
            raise PasskeyNotRead from None
        run(
            "INSERT INTO rights_passkey (person_id, passkey_id, credential, sign_count, added_on) VALUES (%s, %s, %s, %s, %s)",
            [person_id, new_uuid(), bytes(made.credential_data or b""), made.counter, on],
        )
        return visit.line_id, append_entry(
            visit.authority, verb=Verb.PASSKEY_ADDED, role=role, on=on, line_id=visit.line_id
        )

    return once(key_of(asked), verb=Verb.PASSKEY_ADDED, on=on, do=do)


def remove_passkey(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Take no more of a passkey, such as one in a device that was lost.

    Ledger: rights:passkey:removed. Refuses: ProofNeeded, PasskeyNotRead.
    """
    person_id = visit.demand_proof()

    def do() -> tuple[LineId, EntryId]:
        role = demand(visit.authority, Power.SEE_OWN)
        lock_line(visit.line_id)
        gone = run(
            "DELETE FROM rights_passkey WHERE person_id = %s AND passkey_id::text = %s",
            [person_id, str(asked.get("passkey"))],
        )
        if not gone:
            raise PasskeyNotRead
        return visit.line_id, append_entry(
            visit.authority, verb=Verb.PASSKEY_REMOVED, role=role, on=on, line_id=visit.line_id
        )

    return once(key_of(asked), verb=Verb.PASSKEY_REMOVED, on=on, do=do)


def ask_passkey(visit: Visit, _: Asked, **_on: dt.date) -> dict[str, Any]:
    """Return what a browser needs to show a passkey: the same for whoever has one and has none. Refuses: PasskeysNotHere."""
    options, _ = _server().authenticate_begin(
        user_verification=_required("UserVerificationRequirement"), challenge=_new_challenge(visit)
    )
    return {"options": dict(options)["publicKey"]}


def prove_by_passkey(visit: Visit, asked: Asked, *, on: dt.date) -> dict[str, Any]:
    """Compare, and note in the visit that its holder is there; a passkey that is not theirs uses up a try.

    Ledger: rights:visit:proved or rights:visit:not_proved. Refuses: ProofNeeded, where nobody is registered; SeenByNobody, PasskeysNotHere.
    """
    role, server = demand(visit.authority, Power.SEE_OWN), _server()
    person_id, state = demand_provable(visit), _state(visit)
    right = may_try(visit) and _is_right(server, person_id, state, asked, on=on)
    return note_proof(visit, right=right, role=role, on=on)


def passkeys_of(person_id: PersonId) -> list[dict[str, str | None]]:
    """Return the passkeys of one person: since when, and when one was last used."""
    found = rows(
        "SELECT passkey_id, added_on, used_on FROM rights_passkey WHERE person_id = %s ORDER BY passkey_id",
        [person_id],
    )
    return [
        {
            "passkey": str(row.passkey_id), "added_on": row.added_on.isoformat(),
            "used_on": row.used_on and row.used_on.isoformat(),
        }
        for row in found
    ]  # fmt: skip


def _is_right(
    server: "Fido2Server", person_id: PersonId, state: dict[str, Any], asked: Asked, *, on: dt.date
) -> bool:
    from fido2.webauthn import AuthenticationResponse

    known = _known(person_id)
    try:
        given = _credential(asked)
        shown = server.authenticate_complete(state, list(known.values()), given)
        count = AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except (ValueError, TypeError, KeyError):
        return False
    passkey_id = next(one for one, credential in known.items() if credential == shown)
    # A counter that did not go on says that there are two of what there must be one.
    return (
        run(
            "UPDATE rights_passkey SET sign_count = %(count)s, used_on = %(on)s WHERE person_id = %(person)s"
            " AND passkey_id = %(passkey)s AND (sign_count = 0 AND %(count)s = 0 OR sign_count < %(count)s)",
            {"count": count, "on": on, "person": person_id, "passkey": passkey_id},
        )
        == 1
    )


def _known(person_id: PersonId) -> "dict[Any, AttestedCredentialData]":
    from fido2.webauthn import AttestedCredentialData

    found = rows(
        "SELECT passkey_id, credential FROM rights_passkey WHERE person_id = %s ORDER BY passkey_id",
        [person_id],
    )
    return {row.passkey_id: AttestedCredentialData(bytes(row.credential)) for row in found}


def _server() -> "Fido2Server":
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    domain = passkey_domain()
    if domain is None:
        raise PasskeysNotHere
    return Fido2Server(PublicKeyCredentialRpEntity(id=domain, name=settings().operator_name))


def _required(what: str) -> Any:
    from fido2 import webauthn

    return getattr(webauthn, what).REQUIRED


def _new_challenge(visit: Visit) -> bytes:
    challenge = os.urandom(32)
    run("UPDATE rights_visit SET challenge = %s WHERE ask_mark = %s", [challenge, visit.ask_mark])
    return challenge


def _state(visit: Visit) -> dict[str, Any]:
    """Take the visit's challenge, which is then used up."""
    from fido2.utils import websafe_encode

    (found,) = rows(
        "UPDATE rights_visit SET challenge = NULL WHERE ask_mark = %s RETURNING old.challenge",
        [visit.ask_mark],
    )
    challenge = os.urandom(32) if found.challenge is None else bytes(found.challenge)
    return {
        "challenge": websafe_encode(challenge),
        "user_verification": _required("UserVerificationRequirement"),
    }


def _credential(asked: Asked) -> dict[str, Any]:
    given = json.loads(str(asked.get("credential")))
    if not isinstance(given, dict):
        raise TypeError("no credential")
    return cast("dict[str, Any]", given)
