# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the ledger. All of them mean: the data here does not match what was signed; nothing was signed again."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError


class LedgerRolledBack(RollkeeperError):
    """The register is older than what was published from it."""

    code = "ledger_rolled_back"
    kind = Kind.REFUSED
    sentence = "The ledger has {size} entries now, fewer than the {published} that a signed checkpoint covers ({where})."
    remedy = "The register was reset, by a restore or by hand. Restore the newest backup; a checkpoint over fewer entries is not signed. If the entries are lost, publish that fact and begin a new log with a new key and a new origin."


class LedgerHistoryChanged(RollkeeperError):
    """The beginning of the ledger is not what was signed before."""

    code = "ledger_history_changed"
    kind = Kind.REFUSED
    sentence = (
        "The first {published} entries are not those that were signed ({where}): the register was changed."
    )
    remedy = (
        "Nothing was signed. Compare the register with the published folder: 'rollkeeper ledger verify DIR'."
    )


LEAF_CHANGED = Refusal(
    "leaf_changed",
    Kind.REFUSED,
    "Leaf {leaf} of the ledger is missing or was changed after it was put into the tree.",
    "Nothing was signed. Restore that row from a backup of the register and find out who changed it.",
)
ENTRIES_CHANGED = Refusal(
    "entries_changed",
    Kind.REFUSED,
    "{count} entries of the ledger are not what their leaves say. The first: entry {entry} {what}.",
    "The ledger was published: its leaves prove it. Restore the entries from a backup of the register, and find out who owns the database.",
)
WITNESS_CONFLICT = Refusal(
    "witness_conflict",
    Kind.REFUSED,
    "The witness {witness} does not cosign a ledger of {size} entries: {why}.",
    (
        "Nothing new was published. The register was reset or changed, or the key signed elsewhere: restore the newest backup. If the witness is wrong, remove it from 'ledger.witnesses' and publish that fact."
    ),
)
FOREIGN_LOG_FOLDER = Refusal(
    "foreign_log_folder",
    Kind.REFUSED,
    "{folder} holds a checkpoint that this instance's key did not sign as '{origin}'.",
    "Publish into an empty folder, or into the one that this instance published before.",
)


class LedgerKeyMissing(RollkeeperError):
    """Checkpoints were signed, and the key that signed them is gone."""

    code = "ledger_key_missing"
    kind = Kind.REFUSED
    sentence = "Checkpoints were signed before, but their key is missing: {file}."
    remedy = "Put the key back. If it is lost for good, or was stolen, begin a new log: docs/runbook/split-view.md."


INVALID_CHECKPOINT = Refusal(
    "invalid_checkpoint",
    Kind.MALFORMED,
    "{file} is not a checkpoint: {why}.",
    "A checkpoint is a signed note: origin, size, root hash, an empty line, signatures (c2sp.org/tlog-checkpoint).",
)
INVALID_RECEIPT_CODE = Refusal(
    "invalid_receipt_code",
    Kind.MALFORMED,
    "That is not a receipt code.",
    "Write it as on the receipt: a number, a hyphen and six letters or figures, such as 4711-K2M9QX.",
)
RECEIPT_NOT_FOUND = Refusal(
    "receipt_not_found",
    Kind.NOT_FOUND,
    "The ledger of this register has no entry with the code {code}.",
    (
        "Check the code again. If it is right, the register has lost an entry that it signed: take the whole receipt, from its QR code or its file, and open a dispute with it."
    ),
)
RECEIPT_ERASED = Refusal(
    "receipt_erased",
    Kind.NOT_FOUND,
    "The record that the receipt {code} belongs to was erased, and the entry was reduced with it.",
    "The code alone says no more. The whole receipt, from its QR code or its file, is still checked, and gives the certificate of the erasure.",
)
RECEIPT_NOT_GENUINE = Refusal(
    "receipt_not_genuine",
    Kind.REFUSED,
    "This operator did not sign that receipt in this form, so it proves nothing.",
    (
        "Read its QR code again, or use its complete file, from the first line to the last. Without it a dispute can still be opened on the subscriber's statement."
    ),
)


class ReceiptsNotReady(RollkeeperError):
    """The instance has no key with which receipts are signed and checked."""

    code = "receipts_not_ready"
    kind = Kind.REFUSED
    sentence = "This instance has no key for receipts yet, and no checkpoint covers the entry."
    remedy = "Run 'rollkeeper setup', or publish the ledger: 'rollkeeper ledger publish DIR'."


class FontsMissing(RollkeeperError):
    """A font for a language of the instance is missing, so that no PDF can be made."""

    code = "fonts_missing"
    kind = Kind.REFUSED
    sentence = "No PDF can be made here: these fonts are missing: {fonts}."
    remedy = (
        "Install them (Debian: apt-get install fonts-noto-core fonts-noto-cjk) and start again."
        " Meanwhile print the page, or hand out the text: both say the same."
    )
