# SPDX-License-Identifier: EUPL-1.2
"""The keys to which browsers seal what a clerk records offline.

Separate keys and not an epoch's: a rotation destroys an epoch at once, while an offline registration may still wait in an
unreachable browser. They open only offline registrations, so that keeping one for some weeks keeps no person's key; and each
expires independently of the epochs.
"""

import datetime as dt
import secrets
from uuid import UUID

from django.db import transaction

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import epochs, keys, signed_public_keys, wire
from rollkeeper.vault.errors import EPOCH_NOT_GENUINE, CannotOpen
from rollkeeper.vault.root import root_of_trust

_KIND = "capture"
PADDED_TO_BYTES = 4096
"""Every registration is shorter, so the sealed length says nothing."""


def current_offline_key() -> keys.OfflineKey:
    """Return the newest offline registration key, its public half proved to be this instance's. Refuses: NO_EPOCH, EPOCH_NOT_GENUINE."""
    newest = keys.newest_offline_key()
    if not _is_genuine(newest):
        raise EPOCH_NOT_GENUINE(epoch=newest.key_id)
    return newest


def verified_sealer(key_id: int, public_key: bytes, signature: bytes) -> wire.PublicSealer:
    """Return a sealer for a key whose public half came by another channel, after verifying that the half is this instance's.

    Refuses: EPOCH_NOT_GENUINE.
    """
    if not signed_public_keys.is_genuine(_KIND, key_id, public_key, signature):
        raise EPOCH_NOT_GENUINE(epoch=key_id)
    return wire.PublicSealer(key_id, public_key)


def seal_offline(sealer: wire.PublicSealer, clear: bytes, *, submission_key: str, ticket_id: UUID) -> bytes:
    """Seal what only Rollkeeper may open, as a browser seals an offline registration."""
    padded = wire.pad(clear, to_bytes=PADDED_TO_BYTES)
    (sealed,) = sealer.seal([padded], contexts=[wire.offline_context(submission_key, ticket_id.bytes)])
    return sealed


def renew_offline_keys(authority: Authority, *, lasts_days: int, on: dt.date) -> None:
    """Begin a key if the newest is this many days old; destroy each key to which no honest page can still seal.

    A page may seal to a key for its full lifetime after it was replaced, and the sealed data may wait as long again. Again:
    nothing. Ledger: vault:offline_key:begun, vault:offline_key:destroyed. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS.
    """
    role = require(authority, Permission.PROCESS_OFFLINE)
    epochs.require_opening()
    begun, destroyed = _renew(lasts_days)
    with action():
        for key_id, public in begun:
            facts: dict[str, str | int | bool] = {"key": key_id, "public_half": wire.fingerprint(public)}
            append_entry(authority, verb=Verb.OFFLINE_KEY_BEGUN, role=role.value, on=on, facts=facts)
        for key_id in destroyed:
            append_entry(
                authority, verb=Verb.OFFLINE_KEY_DESTROYED, role=role.value, on=on, facts={"key": key_id}
            )


def resign() -> None:
    """Sign the public half of each living key that lacks this instance's signature, once the root proves it ours. Again: nothing.

    Refuses: EPOCH_NOT_GENUINE, CannotOpen.
    """
    living = dict(keys.wrapped_offline_secrets())
    for key in keys.offline_keys():
        if key.key_id in living and not _is_genuine(key):
            if _secret(key.key_id, living[key.key_id]).public_key() != key.public_key:
                raise EPOCH_NOT_GENUINE(epoch=key.key_id)
            keys.sign_offline_key(
                key.key_id, signed_public_keys.sign_public_key(_KIND, key.key_id, key.public_key)
            )


def rewrap() -> None:
    """Have the root's newest version wrap every living key, before its older versions are destroyed."""
    for key_id, wrapped in keys.wrapped_offline_secrets():
        root, context = root_of_trust(), _context(key_id)
        secret = root.unwrap(wrapped, context=context)
        fresh = root.wrap(secret, context=context)
        if root.unwrap(fresh, context=context) != secret:
            raise CannotOpen
        keys.replace_offline_secret(key_id, fresh)


def open_offline(
    authority: Authority, sealed: bytes, *, submission_key: str, ticket_id: UUID, on: dt.date
) -> bytes:
    """Open what a browser sealed, after a ledger entry says so; a process without keys has the vault service do it.

    Ledger: vault:offline:opened. Refuses: CannotOpen, NOT_ALLOWED, TOO_MANY_OPENINGS.
    """
    role = require(authority, Permission.PROCESS_OFFLINE)
    if epochs.must_ask():
        from rollkeeper.vault.worker_requests import ask_for_offline

        return ask_for_offline(authority, sealed, submission_key=submission_key, ticket_id=ticket_id, on=on)
    epochs.require_opening()
    key_id = wire.epoch_of(sealed)
    with transaction.atomic(using="vault", durable=True):
        facts: dict[str, str | int | bool] = {"key": key_id, "ticket": str(ticket_id)}
        append_entry(authority, verb=Verb.OFFLINE_OPENED, role=role.value, on=on, facts=facts, using="vault")
    secret = _secret(key_id, keys.wrapped_offline_secret(key_id))
    context = wire.offline_context(submission_key, ticket_id.bytes)
    return wire.unpad(secret.open_offline(sealed, context=context))


def _renew(lasts_days: int) -> tuple[list[tuple[int, bytes]], list[int]]:
    with transaction.atomic(using=keys.STORE, durable=True):
        run("LOCK TABLE offline_key IN SHARE ROW EXCLUSIVE MODE", using=keys.STORE)
        begun = [] if keys.has_offline_key(younger_than_days=lasts_days) else [_begin()]
        # A day more on each side: the clocks of devices and of this machine differ.
        return begun, keys.destroy_offline_keys(replaced_before_days=2 * lasts_days + 2)


def _begin() -> tuple[int, bytes]:
    (last,) = rows("SELECT coalesce(max(key_id), 0) AS key_id FROM offline_key", using=keys.STORE)
    key_id, secret = last.key_id + 1, secrets.token_bytes(wire.KEY_BYTES)
    public = wire.EpochSecret(key_id, secret).public_key()
    keys.insert_offline_key(
        keys.OfflineKey(
            key_id, public, signed_public_keys.sign_public_key(_KIND, key_id, public), clock.true_now()
        ),
        secret_wrapped=root_of_trust().wrap(secret, context=_context(key_id)),
    )
    return key_id, public


def _secret(key_id: int, wrapped: bytes | None) -> wire.EpochSecret:
    if wrapped is None:
        raise CannotOpen
    return wire.EpochSecret(key_id, root_of_trust().unwrap(wrapped, context=_context(key_id)))


def _is_genuine(key: keys.OfflineKey) -> bool:
    return signed_public_keys.is_genuine(_KIND, key.key_id, key.public_key, key.signature)


def _context(key_id: int) -> bytes:
    return b"rollkeeper/capture-secret\x00" + key_id.to_bytes(4)
