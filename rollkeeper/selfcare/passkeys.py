# SPDX-License-Identifier: EUPL-1.2
"""A passkey as the second proof: added by a verified subscriber, removed only by them, compared only here.

The browser's answer comes through the portal unchanged; the challenge was made here and is stored with the session, so that an
attacker who controls the portal cannot replay a passkey. The options for the browser name no passkey: a person with the telephone
learns neither whether there is one nor whose it is.
"""

import datetime as dt
import json
import os
from typing import TYPE_CHECKING, Any, Final, cast

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.settings import passkey_domain
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import lock_line
from rollkeeper.registration.receipts import on_line, run_once
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.errors import INVALID_PASSKEY, PASSKEYS_UNAVAILABLE, TOO_MANY_PASSKEYS
from rollkeeper.selfcare.services import Payload, key_of
from rollkeeper.selfcare.sessions import PortalSession
from rollkeeper.selfcare.verification import may_attempt, note_verification, require_verifiable

if TYPE_CHECKING:  # This import reads the list of public suffixes, which a plain page does not need.
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

MOST: Final = 5
"""The most passkeys that one person may have."""


def new_passkey_options(session: PortalSession, _: Payload, **_on: dt.date) -> dict[str, Any]:
    """Return the data that a browser needs to make a passkey.

    Refuses: VERIFICATION_NEEDED, DOCUMENT_NEVER_CHECKED, LINE_TOO_NEW, PASSKEYS_UNAVAILABLE, TOO_MANY_PASSKEYS.
    """
    from fido2.webauthn import PublicKeyCredentialUserEntity

    person_id, server = session.require_not_alone(), _server()
    known = _known(person_id)
    if len(known) >= MOST:
        raise TOO_MANY_PASSKEYS(passkeys=len(known))
    name = instance().operator_name  # Devices store this name in the passkey, so it must not be personal.
    options, _ = server.register_begin(
        PublicKeyCredentialUserEntity(id=os.urandom(32), name=name, display_name=name), list(known.values()),
        resident_key_requirement=_required("ResidentKeyRequirement"),
        user_verification=_required("UserVerificationRequirement"), challenge=_new_challenge(session),
    )  # fmt: skip
    return {"options": dict(options)["publicKey"]}


def add_passkey(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Add a passkey that was made for this session.

    Ledger: selfcare:passkey:added. Refuses: VERIFICATION_NEEDED, DOCUMENT_NEVER_CHECKED, LINE_TOO_NEW, PASSKEYS_UNAVAILABLE, INVALID_PASSKEY, TOO_MANY_PASSKEYS.
    """
    person_id = session.require_not_alone()

    def do() -> tuple[LineId, EntryId]:
        role, server = require(session.authority, Permission.SEE_OWN), _server()
        lock_line(session.line_id)
        if len(_known(person_id)) >= MOST:
            raise TOO_MANY_PASSKEYS(passkeys=MOST)
        try:
            made = server.register_complete(_state(session), _credential(payload))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise INVALID_PASSKEY() from None
        run(
            "INSERT INTO selfcare_passkey (person_id, passkey_id, credential, sign_count, added_on) VALUES (%s, %s, %s, %s, %s)",
            [person_id, new_uuid(), bytes(made.credential_data or b""), made.counter, on],
        )
        return session.line_id, append_entry(
            session.authority, verb=Verb.PASSKEY_ADDED, role=role, on=on, line_id=session.line_id
        )

    return run_once(key_of(payload), verb=Verb.PASSKEY_ADDED, on=on, about=on_line(session.line_id), do=do)


def remove_passkey(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Remove a passkey, such as that of a lost device.

    Ledger: selfcare:passkey:removed. Refuses: VERIFICATION_NEEDED, DOCUMENT_NEVER_CHECKED, LINE_TOO_NEW, INVALID_PASSKEY.
    """
    person_id = session.require_not_alone()

    def do() -> tuple[LineId, EntryId]:
        role = require(session.authority, Permission.SEE_OWN)
        lock_line(session.line_id)
        gone = run(
            "DELETE FROM selfcare_passkey WHERE person_id = %s AND passkey_id::text = %s",
            [person_id, str(payload.get("passkey"))],
        )
        if not gone:
            raise INVALID_PASSKEY()
        return session.line_id, append_entry(
            session.authority, verb=Verb.PASSKEY_REMOVED, role=role, on=on, line_id=session.line_id
        )

    return run_once(key_of(payload), verb=Verb.PASSKEY_REMOVED, on=on, about=on_line(session.line_id), do=do)


def passkey_options(session: PortalSession, _: Payload, **_on: dt.date) -> dict[str, Any]:
    """Return the browser's options to use a passkey: the same with and without one. Refuses: PASSKEYS_UNAVAILABLE."""
    options, _ = _server().authenticate_begin(
        user_verification=_required("UserVerificationRequirement"), challenge=_new_challenge(session)
    )
    return {"options": dict(options)["publicKey"]}


def verify_by_passkey(session: PortalSession, payload: Payload, *, on: dt.date) -> dict[str, Any]:
    """Compare, and note in the session that its subscriber is there; a passkey that is not theirs uses up a try.

    Ledger: selfcare:session:verified or selfcare:session:not_verified. Refuses: VERIFICATION_NEEDED, if the line has no
    subscriber; DOCUMENT_NEVER_CHECKED, LINE_CONTESTED, PASSKEYS_UNAVAILABLE.
    """
    role, server = require(session.authority, Permission.SEE_OWN), _server()
    person_id, state = require_verifiable(session), _state(session)
    right = may_attempt(session) and _is_right(server, person_id, state, payload, on=on)
    return note_verification(session, right=right, role=role, on=on)


def passkeys_of(person_id: PersonId) -> list[dict[str, str | None]]:
    """Return the passkeys of one person: since when, and when one was last used."""
    found = rows(
        "SELECT passkey_id, added_on, used_on FROM selfcare_passkey WHERE person_id = %s ORDER BY passkey_id",
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
    server: "Fido2Server", person_id: PersonId, state: dict[str, Any], payload: Payload, *, on: dt.date
) -> bool:
    from fido2.webauthn import AuthenticationResponse

    known = _known(person_id)
    try:
        given = _credential(payload)
        shown = server.authenticate_complete(state, list(known.values()), given)
        count = AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    passkey_id = next(one for one, credential in known.items() if credential == shown)
    # If the passkey's counter did not increase, a copy of the passkey may be in use.
    return (
        run(
            "UPDATE selfcare_passkey SET sign_count = %(count)s, used_on = %(on)s WHERE person_id = %(person)s"
            " AND passkey_id = %(passkey)s AND (sign_count = 0 AND %(count)s = 0 OR sign_count < %(count)s)",
            {"count": count, "on": on, "person": person_id, "passkey": passkey_id},
        )
        == 1
    )


def _known(person_id: PersonId) -> "dict[Any, AttestedCredentialData]":
    from fido2.webauthn import AttestedCredentialData

    found = rows(
        "SELECT passkey_id, credential FROM selfcare_passkey WHERE person_id = %s ORDER BY passkey_id",
        [person_id],
    )
    return {row.passkey_id: AttestedCredentialData(bytes(row.credential)) for row in found}


def _server() -> "Fido2Server":
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    domain = passkey_domain()
    if domain is None:
        raise PASSKEYS_UNAVAILABLE()
    return Fido2Server(PublicKeyCredentialRpEntity(id=domain, name=instance().operator_name))


def _required(what: str) -> Any:
    from fido2 import webauthn

    return getattr(webauthn, what).REQUIRED


def _new_challenge(session: PortalSession) -> bytes:
    challenge = os.urandom(32)
    run(
        "UPDATE selfcare_portalsession SET challenge = %s WHERE session_mark = %s",
        [challenge, session.session_mark],
    )
    return challenge


def _state(session: PortalSession) -> dict[str, Any]:
    """Return the session's challenge and delete it, so that it is used only once."""
    from fido2.utils import websafe_encode

    (found,) = rows(
        "UPDATE selfcare_portalsession SET challenge = NULL WHERE session_mark = %s RETURNING old.challenge",
        [session.session_mark],
    )
    challenge = os.urandom(32) if found.challenge is None else bytes(found.challenge)
    return {
        "challenge": websafe_encode(challenge),
        "user_verification": _required("UserVerificationRequirement"),
    }


def _credential(payload: Payload) -> dict[str, Any]:
    given = json.loads(str(payload.get("credential")))
    if not isinstance(given, dict):
        raise TypeError("no credential")
    return cast("dict[str, Any]", given)
