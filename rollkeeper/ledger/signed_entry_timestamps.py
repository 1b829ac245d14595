# SPDX-License-Identifier: EUPL-1.2
"""Signed entries, handed out at once before the ledger is published.

The checkpoint key is not available where people are served, because a process with it could rewrite history. So another key signs
receipts, and the ledger's key has certified it. A signed entry contains that certificate, so it can be checked with the ledger's
verifier key alone. A thief of the receipt key could protect lines from suspension, and nothing else (docs/decisions/0010).

rollkeeper-receipt@v1                            two lines, signed by the receipt key
entry eyJhY3RvciI6…                              base64 of the entry
                                                 (empty line)
— ledger.operator.example/receipts Az3grl…       as in every signed note
                                                 (empty line)
rollkeeper-receipts-key@v1                       two lines, signed by the ledger's key
ledger.operator.example/receipts+9eb46fd4+AQOh…  the verifier key of signed entries
                                                 (empty line)
— ledger.operator.example Kd0x…
"""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.settings import data_dir
from rollkeeper.ledger import notes
from rollkeeper.ledger.auditor import RECEIPT_KEY, SIGNED_ENTRY


def prepare_receipt_key(ledger_key: Ed25519PrivateKey) -> None:
    """Prepare a receipt key certified by the ledger's key, and store the ledger's verifier key next to it. Again: nothing."""
    public = notes.vkey(notes.origin(), ledger_key.public_key()) + "\n"
    signer = notes.vkey(_name(), notes.kept_key(_key_file()).public_key())
    text = f"{RECEIPT_KEY}\n{signer}\n"
    granted = _grant_file().read_text("utf-8") if _grant_file().exists() else ""
    if granted.startswith(f"{text}\n") and _is_ours(granted, ledger_key) and vkey() == public.strip():
        return
    _write(_grant_file(), notes.sign_text(text, name=notes.origin(), key=ledger_key))
    _write(vkey_file(), public)


def sign_entry(body: bytes) -> str | None:
    """Return an entry with a signature that anyone can check, None if this instance has no key yet."""
    if not _grant_file().exists() or not _key_file().exists():
        return None
    text = f"{SIGNED_ENTRY}\nentry {base64.b64encode(body).decode()}\n"
    signed = notes.sign_text(text, name=_name(), key=notes.kept_key(_key_file()))
    return f"{signed}\n{_grant_file().read_text('utf-8')}"


def vkey() -> str | None:
    """Return the ledger's verifier key as this instance stored it, None if it never did."""
    return vkey_file().read_text("utf-8").strip() if vkey_file().exists() else None


def vkey_file() -> Path:
    """Return where the ledger's verifier key lies: it is public, so processes that must not have the signing key read it."""
    return data_dir() / "ledger" / "vkey"


def _name() -> str:
    return f"{notes.origin()}/receipts"


def _key_file() -> Path:
    return data_dir() / "secrets" / "receipts.key"


def _grant_file() -> Path:
    return data_dir() / "ledger" / "receipts"


def _is_ours(granted: str, ledger_key: Ed25519PrivateKey) -> bool:
    return notes.is_signed_by(granted, name=notes.origin(), public=ledger_key.public_key())


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(file, text.encode(), mode=0o644)
