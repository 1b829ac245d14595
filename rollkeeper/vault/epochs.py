# SPDX-License-Identifier: EUPL-1.2
"""Epochs: which one to seal to, and how one call gets its secret.

Nothing here is remembered from call to call: a key that was destroyed, or an epoch that ended, is gone at once for
every process.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings

from rollkeeper.kernel import clock
from rollkeeper.kernel.database import Role, in_transaction, rows, this_role, value_later
from rollkeeper.vault import keys, signed_public_keys, wire
from rollkeeper.vault.errors import EPOCH_NOT_GENUINE, ROOT_DOES_NOT_FIT, SEAL_ONLY_PROCESS, CannotOpen
from rollkeeper.vault.root import index_key, root_of_trust


class _Opening(Protocol):
    def __call__(
        self, secret: wire.EpochSecret, envelopes: Sequence[bytes], /, *, contexts: Sequence[bytes]
    ) -> list[bytes | None]: ...


@dataclass(slots=True)
class _Act:
    """What one act knows of the living epoch: whether the act announced that it seals, and the epoch that it read after that."""

    is_announced: bool = False
    epoch: keys.PublicEpoch | None = None


_act: ContextVar[_Act | None] = ContextVar("act", default=None)
_KIND = "epoch"
_SEALING = 0x7365616C  # an advisory lock of PostgreSQL: "seal" in ASCII
_SHARING = (
    "SELECT {} AS who FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = %s AND objsubid = 1 AND granted"
    " AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def may_open() -> bool:
    """Tell whether this process has the database connection that opening needs. Web apps have none."""
    databases: dict[str, Any] = settings.DATABASES
    return "vault" in databases


def must_ask() -> bool:
    """Tell whether this process asks the vault service to open values for it: true of a worker or a command without keys, not of an app."""
    return not may_open() and this_role() in {Role.WORKER, Role.CONSOLE}


def require_opening() -> None:
    """Stop here in a process that only seals. Refuses: SEAL_ONLY_PROCESS."""
    if not may_open():
        raise SEAL_ONLY_PROCESS()


@contextmanager
def one_epoch() -> Iterator[None]:
    """Read the living epoch once for all that one act seals. The act announces its sealing before that, so a rotation waits for it."""
    before = _act.set(_Act())
    try:
        yield
    finally:
        _act.reset(before)


def person_key_sealer() -> tuple[int, wire.Sealer]:
    """Return the living epoch and the sealer of people's keys that this process is able to use."""
    act = _act.get()
    # Used once: if the epoch has ended meanwhile, the store refuses the key, and a retry gets the current epoch.
    epoch = (act and act.epoch) or _genuine(keys.living_epoch())
    if act is not None:
        act.epoch = None
    if may_open():
        return epoch.epoch_id, secret_of(epoch.epoch_id).person_key_sealer()
    return epoch.epoch_id, wire.PublicSealer(epoch.epoch_id, epoch.public_key)


def line_value_sealer() -> wire.Sealer:
    """Return the sealer of lines' values that this process is able to use."""
    keys.settle()  # raises a refusal of the keys here, not at a later statement
    act = _act.get()
    if act is None or not act.is_announced:
        announce_sealing()
    epoch = _genuine(keys.living_epoch())
    if act is not None:
        act.epoch = epoch
    if may_open():
        return secret_of(epoch.epoch_id).line_value_sealer()
    return wire.PublicSealer(epoch.epoch_id, epoch.public_key)


def secret_of(epoch_id: int) -> wire.EpochSecret:
    """Ask the root for an epoch's secret. Refuses: SEAL_ONLY_PROCESS, CannotOpen, also where the secret does not fit the public half."""
    require_opening()
    wrapped, public_key = keys.wrapped_secret(epoch_id)
    secret = unwrapped(epoch_id, wrapped)
    if not secret.is_of(public_key):
        raise CannotOpen
    return secret


def require_root() -> None:
    """Require that the root opens the living epoch, and that the key of the index is there.

    Refuses: RootMissing, ROOT_DOES_NOT_FIT, SEAL_ONLY_PROCESS.
    """
    require_fitting_root(keys.living_epoch_ids()[-1:])
    index_key().digests([b"try"])


def require_fitting_root(epoch_ids: Iterable[int]) -> None:
    """Require that the root opens these epochs; called before anything is destroyed or replaced. Refuses: ROOT_DOES_NOT_FIT."""
    for epoch_id in epoch_ids:
        try:
            secret_of(epoch_id)
        except CannotOpen:
            raise ROOT_DOES_NOT_FIT(epoch=epoch_id) from None


def unwrapped(epoch_id: int, secret_wrapped: bytes) -> wire.EpochSecret:
    """Have the root unwrap an epoch's secret. Refuses: CannotOpen."""
    return wire.EpochSecret(epoch_id, root_of_trust().unwrap(secret_wrapped, context=_context(epoch_id)))


class Keyring:
    """The secrets of the epochs that one call meets, each asked of the root once. Not kept longer than the call."""

    def __init__(self) -> None:
        self._secrets: dict[int, wire.EpochSecret] = {}

    def secret(self, epoch_id: int) -> wire.EpochSecret:
        """Return an epoch's secret. Refuses: SEAL_ONLY_PROCESS, CannotOpen."""
        if epoch_id not in self._secrets:
            self._secrets[epoch_id] = secret_of(epoch_id)
        return self._secrets[epoch_id]

    def open_person_keys(
        self, envelopes: Sequence[bytes], *, contexts: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return people's keys; None for each that cannot be opened."""
        return self._open(envelopes, contexts, wire.EpochSecret.open_person_keys)

    def open_line_values(
        self, envelopes: Sequence[bytes], *, contexts: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return lines' values, still padded; None for each that cannot be opened."""
        return self._open(envelopes, contexts, wire.EpochSecret.open_line_values)

    def _open(
        self, envelopes: Sequence[bytes], contexts: Sequence[bytes], how: _Opening
    ) -> list[bytes | None]:
        opened: list[bytes | None] = [None] * len(envelopes)
        for epoch_id, places in _by_epoch(envelopes).items():
            try:
                secret = self.secret(epoch_id)
            except CannotOpen:
                continue
            some = how(secret, [envelopes[p] for p in places], contexts=[contexts[p] for p in places])
            for place, value in zip(places, some, strict=True):
                opened[place] = value
        return opened


def begin() -> tuple[int, str]:
    """Begin an epoch; return its number and the fingerprint of its public half."""
    root_of_trust().ensure()
    epoch_id = keys.newest_epoch_id() + 1
    secret = secrets.token_bytes(wire.KEY_BYTES)
    public = wire.EpochSecret(epoch_id, secret).public_key()
    secret_wrapped = root_of_trust().wrap(secret, context=_context(epoch_id))
    if not unwrapped(epoch_id, secret_wrapped).is_of(public):  # what is sealed to it would be lost
        raise ROOT_DOES_NOT_FIT(epoch=epoch_id)
    keys.insert_epoch(
        keys.PublicEpoch(epoch_id, public, signed_public_keys.sign_public_key(_KIND, epoch_id, public)),
        secret_wrapped=secret_wrapped,
        begun_at=clock.now(),
    )
    return epoch_id, wire.fingerprint(public)


def resign() -> None:
    """Sign the public half of each living epoch that lacks this instance's signature, once the root proves the half to be ours.

    Signatures are lacking after a restore without the signing key. Again: nothing.
    Refuses: EPOCH_NOT_GENUINE, CannotOpen.
    """
    for epoch_id in keys.living_epoch_ids():
        epoch = keys.epoch(epoch_id)
        if not _is_genuine(epoch):
            wrapped, public_key = keys.wrapped_secret(epoch_id)
            if not unwrapped(epoch_id, wrapped).is_of(public_key):
                raise EPOCH_NOT_GENUINE(epoch=epoch_id)
            keys.sign_epoch(epoch_id, signed_public_keys.sign_public_key(_KIND, epoch_id, epoch.public_key))


def require_genuine() -> None:
    """Require that the public half of the living epoch is this instance's own. Refuses: EPOCH_NOT_GENUINE, NO_EPOCH."""
    _genuine(keys.living_epoch())


def sealing_elsewhere() -> frozenset[str]:
    """Return the sessions of processes, and the transactions of acts, that may have sealed to an older epoch and have not written yet."""
    processes = rows(_SHARING.format("pid::text"), [_SEALING], using=keys.STORE)
    acts = rows(_SHARING.format("virtualtransaction"), [_SEALING])
    return frozenset(row.who for row in (*processes, *acts))


def announce_sealing() -> None:
    """Announce that values sealed from now on may be written later: by a command until it ends, by an app until its act ends.

    A rotation waits until then, so that nothing arrives under an epoch that it destroyed. Within `one_epoch`, one call is enough.
    """
    if may_open():
        rows("SELECT pg_advisory_lock_shared(%s)", [_SEALING], using=keys.STORE)
    elif in_transaction():
        value_later("kernel_share_sealing()")
    if (act := _act.get()) is not None:
        act.is_announced = True


def _by_epoch(envelopes: Sequence[bytes]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for place, envelope in enumerate(envelopes):
        try:
            grouped.setdefault(wire.epoch_of(envelope), []).append(place)
        except CannotOpen:
            continue
    return grouped


def _genuine(epoch: keys.PublicEpoch) -> keys.PublicEpoch:
    if not _is_genuine(epoch):
        raise EPOCH_NOT_GENUINE(epoch=epoch.epoch_id)
    return epoch


def _is_genuine(epoch: keys.PublicEpoch) -> bool:
    return signed_public_keys.is_genuine(_KIND, epoch.epoch_id, epoch.public_key, epoch.signature)


def _context(epoch_id: int) -> bytes:
    return b"rollkeeper/epoch-secret\x00" + epoch_id.to_bytes(4)
