# SPDX-License-Identifier: EUPL-1.2
"""Seal a whole file under its own key, open it, destroy it. The content is never parsed.

A file may be malicious: here it is only bytes, passed on unchanged. Its key is stored with people's keys, named by two
references, so that it is rotated, backed up and destroyed like them.
"""

from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import PersonId, TenureId
from rollkeeper.vault import epochs, keys, wire
from rollkeeper.vault.errors import SEALED_FILE_TOO_LARGE, CannotOpen

MAX_BYTES: Final = 20_000_000
_NAME: Final = b"file"
_PADDED_TO_BYTES: Final = 65_536


def seal_file(owner_id: UUID, file_id: UUID, data: bytes) -> None:
    """Seal a file in the present transaction; its key is committed first. Refuses: SEALED_FILE_TOO_LARGE, ALREADY_SEALED, NO_EPOCH."""
    if len(data) > MAX_BYTES:
        raise SEALED_FILE_TOO_LARGE(most_mb=MAX_BYTES // 1_000_000)
    owner, file = owner_id.bytes, file_id.bytes
    (key,), (nonce,) = wire.random_keys(1), wire.random_nonces(1)
    epoch_id, sealer = epochs.person_key_sealer()
    (wrapped,) = sealer.seal([key], contexts=[wire.person_key_context(owner, file)])
    keys.insert_person_keys([(owner, file, wrapped)], epoch_id=epoch_id)
    padded = wire.pad(data, to_bytes=_PADDED_TO_BYTES)
    sealed = wire.attribute_sealer(key, binding=wire.attribute_binding(owner, file))(nonce, padded, _NAME)
    run(
        "INSERT INTO vault_file (owner_id, file_id, ciphertext) VALUES (%s, %s, %s)",
        [owner_id, file_id, sealed],
    )


def open_file(authority: Authority, owner_id: UUID, file_id: UUID) -> bytes:  # noqa: ARG001 - proves that the caller is accountable
    """Return a file as it came. Refuses: SEAL_ONLY_PROCESS, CannotOpen.

    Precondition: the caller has entered it in the ledger (`vault.opening.note_file_opened`).
    """
    epochs.require_opening()
    found = rows(
        "SELECT ciphertext FROM vault_file WHERE owner_id = %s AND file_id = %s",
        [owner_id, file_id],
        using="vault",
    )
    if not found:
        raise CannotOpen
    wrapped = keys.person_key(owner_id, tenure_id=file_id)
    key = epochs.unwrapped(wrapped.epoch_id, wrapped.secret_wrapped).open_person_key(
        wrapped.wrapped, context=wire.person_key_context(owner_id.bytes, file_id.bytes)
    )
    binding = wire.attribute_binding(owner_id.bytes, file_id.bytes)
    return wire.open_attribute(key, bytes(found[0].ciphertext), binding=binding, field=_NAME)


def destroy_file(owner_id: UUID, file_id: UUID) -> None:
    """Destroy a file's key at once, so that no copy of the register opens it, and its row in the present transaction. Refuses: SEAL_ONLY_PROCESS."""
    epochs.require_opening()
    run("DELETE FROM vault_file WHERE owner_id = %s AND file_id = %s", [owner_id, file_id])
    keys.destroy_person_keys([(PersonId(owner_id), TenureId(file_id))])
