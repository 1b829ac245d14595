# SPDX-License-Identifier: EUPL-1.2
"""Epochs: which one to seal to, and how its secret is had for the length of one call.

Nothing here is remembered from call to call: a key that was destroyed, or an epoch that ended, is gone at once for
every process.
"""

import hmac
import secrets
from typing import Any

from django.conf import settings

from rollkeeper.kernel import clock
from rollkeeper.vault import keys, wire
from rollkeeper.vault.errors import EpochNotGenuine, OnlySeals
from rollkeeper.vault.root import index_key, root_of_trust


def may_open() -> bool:
    """Tell whether this process has the connection over which things are opened. Web faces have none."""
    databases: dict[str, Any] = settings.DATABASES
    return "vault" in databases


def demand_opening() -> None:
    """Stop here in a process that only seals. Refuses: OnlySeals."""
    if not may_open():
        raise OnlySeals


def person_key_sealer() -> tuple[int, wire.Sealer]:
    """Return the living epoch and the sealer of people's keys that this process is able to use."""
    epoch = _genuine(keys.living_epoch())
    if may_open():
        return epoch.epoch_id, secret_of(epoch.epoch_id).person_key_sealer()
    return epoch.epoch_id, wire.PublicSealer(epoch.epoch_id, epoch.public_key)


def line_value_sealer() -> wire.Sealer:
    """Return the sealer of lines' values that this process is able to use."""
    epoch = _genuine(keys.living_epoch())
    if may_open():
        return secret_of(epoch.epoch_id).line_value_sealer()
    return wire.PublicSealer(epoch.epoch_id, epoch.public_key)


def secret_of(epoch_id: int) -> wire.EpochSecret:
    """Ask the root for an epoch's secret. Refuses: OnlySeals, CannotOpen."""
    demand_opening()
    return unwrapped(epoch_id, keys.wrapped_secret(epoch_id))


def unwrapped(epoch_id: int, secret_wrapped: bytes) -> wire.EpochSecret:
    """Have the root unwrap an epoch's secret. Refuses: CannotOpen."""
    return wire.EpochSecret(epoch_id, root_of_trust().unwrap(secret_wrapped, context=_context(epoch_id)))


def begin() -> tuple[int, str]:
    """Begin an epoch; return its number and the fingerprint of its public half."""
    root_of_trust().ensure()
    epoch_id = keys.newest_epoch_id() + 1
    secret = secrets.token_bytes(wire.KEY_BYTES)
    public = wire.EpochSecret(epoch_id, secret).public_key()
    keys.insert_epoch(
        keys.PublicEpoch(epoch_id, public, _mac(epoch_id, public)),
        secret_wrapped=root_of_trust().wrap(secret, context=_context(epoch_id)),
        begun_at=clock.now(),
    )
    return epoch_id, wire.fingerprint(public)


def _genuine(epoch: keys.PublicEpoch) -> keys.PublicEpoch:
    if not hmac.compare_digest(epoch.public_mac, _mac(epoch.epoch_id, epoch.public_key)):
        raise EpochNotGenuine(epoch=epoch.epoch_id)
    return epoch


def _mac(epoch_id: int, public_key: bytes) -> bytes:
    # Keyed with the index's key, the one secret that a face has and the database's administrator has not.
    (digest,) = index_key().digests([b"epoch\x00" + epoch_id.to_bytes(4) + public_key])
    return digest


def _context(epoch_id: int) -> bytes:
    return b"rollkeeper/epoch-secret\x00" + epoch_id.to_bytes(4)
