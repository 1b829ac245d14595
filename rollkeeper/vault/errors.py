# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package vault. Every reason for a failed opening gives the same error."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError


class CannotOpen(RollkeeperError):
    """Something sealed does not open. It never says why: erased, moved, changed and never sealed look alike."""

    code = "cannot_open"
    kind = Kind.NOT_FOUND
    sentence = "This cannot be opened."
    remedy = "If it should not have been erased yet, run 'rollkeeper doctor' and see docs/runbook/."


# The attempt is on record.
TOO_MANY_OPENINGS = Refusal(
    "too_many_openings",
    Kind.REFUSED,
    "Nothing was opened ({article}): {reason}.",
    "{remedy}",
)
NEEDS_TWO_APPROVERS = Refusal(
    "needs_two_approvers",
    Kind.FORBIDDEN,
    "Opening for '{purpose}' needs {people} different people with that permission.",
    "A second person must approve: the page or the command that asks for it says how.",
)
NEEDS_DISCLOSURE_REQUEST = Refusal(
    "needs_disclosure_request",
    Kind.FORBIDDEN,
    "A disclosure request opens only the values that its own record names.",
    "Enter the disclosure request with 'rollkeeper disclosures enter'; there is no other way.",
)
NEEDS_CONSENT = Refusal(
    "needs_consent",
    Kind.FORBIDDEN,
    "An auditor sees only what the person has agreed to show to this auditor.",
    "Ask for their consent on the page of the sample; subscribers who do not answer are not shown.",
)
OWN_ALARM = Refusal(
    "own_alarm",
    Kind.FORBIDDEN,
    "You cannot settle an alarm that you raised; nothing was settled.",
    "Another data protection officer or administrator must examine it.",
)
SEAL_ONLY_PROCESS = Refusal(
    "seal_only_process",
    Kind.FORBIDDEN,
    "This process can seal but not open or destroy.",
    "Open from a command on the machine, in a process without a web app.",
)
VAULT_OUT_OF_REACH = Refusal(
    "vault_out_of_reach",
    Kind.INTERNAL,
    "The vault service does not answer; nothing was opened.",
    "It restarts automatically within seconds: try again. If it does not, run 'rollkeeper vault serve' and see docs/runbook/.",
)
VAULT_FAILED = Refusal(
    "vault_failed",
    Kind.INTERNAL,
    "The vault service could not do this; nothing was shown.",
    "Try again; its log (logs/vault.log) says what broke.",
)
VAULT_REQUEST_REFUSED = Refusal(
    "vault_request_refused",
    Kind.FORBIDDEN,
    "The vault service does not do this for this process.",
    "Staff open with 'rollkeeper vault open' or on the back office's page.",
)
VAULT_OPENING_UNJUSTIFIED = Refusal(
    "vault_opening_unjustified",
    Kind.FORBIDDEN,
    "No row of the register justifies opening {asked} values for '{purpose}'; nothing was opened, and an alarm was raised.",
    "Rollkeeper itself never asks so: see docs/runbook/alarm.md.",
)
VAULT_SESSION_OVER = Refusal(
    "vault_session_over",
    Kind.FORBIDDEN,
    "The session with the vault is over.",
    "Give your password and the code of your authenticator app again.",
)
# Also raised if one call names the same person and tenure twice.
ALREADY_SEALED = Refusal(
    "already_sealed",
    Kind.CONFLICT,
    "A record for one of these persons and tenures is sealed already.",
    "Sealed values are never overwritten: seal a correction under a new tenure reference.",
)
SEALED_FILE_TOO_LARGE = Refusal(
    "sealed_file_too_large",
    Kind.MALFORMED,
    "The file is larger than {most_mb} million bytes.",
    "Scan it again with fewer dots an inch, in grey.",
)
NO_EPOCH = Refusal(
    "no_epoch",
    Kind.CONFLICT,
    "There is no key epoch yet: nothing can be sealed.",
    "Run 'rollkeeper setup'.",
)


class EpochEnded(RollkeeperError):
    """An epoch ended between reading its public half and sealing to it."""

    code = "epoch_ended"
    kind = Kind.CONFLICT
    sentence = "The key epoch just ended; nothing was sealed."
    remedy = "Do it again: it will be sealed to the new epoch."


ROTATION_CANNOT_FINISH = Refusal(
    "rotation_cannot_finish",
    Kind.CONFLICT,
    "Values sealed to an older epoch kept arriving; it was not destroyed. Nothing is lost.",
    "Run 'rollkeeper vault rotate' again, when no import or registration is running.",
)
ROTATION_HELD_UP = Refusal(
    "rotation_held_up",
    Kind.CONFLICT,
    "A session of an app keeps a transaction open in the store of keys; the older epoch was not destroyed. Nothing is lost.",
    (
        "Stop the counter and the back office and run 'rollkeeper vault rotate' again. On servers of your own run keys_server_rights.sql, which lets a rotation end such sessions."
    ),
)
EPOCH_NOT_GENUINE = Refusal(
    "epoch_not_genuine",
    Kind.INTERNAL,
    "The public half of epoch {epoch} is not the one that this instance made: nothing is sealed to it.",
    (
        "Run 'rollkeeper setup': it signs what the root proves to be this instance's. If it refuses, the key store was changed; examine that before anything else."
    ),
)


class RootMissing(RollkeeperError):
    """The root of trust or the key of the index is not where it must be."""

    code = "root_missing"
    kind = Kind.INTERNAL
    sentence = "{file} is missing or cannot be read."
    remedy = "Restore it from its safe place: docs/runbook/. For a new instance, write the token of its key service there: ops/openbao/. Without it nothing can be opened."


class KeyServiceRefused(RollkeeperError):
    """The key service did not answer, or refused."""

    code = "key_service_refused"
    kind = Kind.INTERNAL
    sentence = "The key service at {url} refused or failed: {why}."
    remedy = "Is it running and unsealed, does this machine trust its certificate, and is the token in {token_file} valid? ops/openbao/ has the policies."


TOKEN_REFUSED = Refusal(
    "token_refused",
    Kind.INTERNAL,
    "The token '{token}' refused or failed: {why}.",
    "Is it plugged in, is {module} its library, and is the PIN in secrets/root.pin right?",
)


class ArchiveDamaged(RollkeeperError):
    """A backup was cut short or changed, or the file is not a backup."""

    code = "archive_damaged"
    kind = Kind.MALFORMED
    sentence = "The backup is not whole: it was cut short or changed, or the file is no backup."
    remedy = "Use another copy of it, or the backup before it."


ARCHIVE_OF_ANOTHER_ROOT = Refusal(
    "archive_of_another_root",
    Kind.REFUSED,
    "The backup was made under another root of trust, or under a version of it that a rotation destroyed.",
    "Give the root file saved after the last rotation, and a backup made since: docs/runbook/.",
)
ROOT_DOES_NOT_FIT = Refusal(
    "root_does_not_fit",
    Kind.REFUSED,
    "The root of trust here does not open epoch {epoch} of this instance: it is another one's, or of another time. Nothing was changed.",
    "Bring back the right one: docs/runbook/loss-of-the-root.md. Keep every backup until then.",
)


# An app cannot hash a number now. Its log says what is missing and where; a page does not, since anyone can read the portal's pages.
INDEX_OUT_OF_REACH = Refusal(
    "index_out_of_reach",
    Kind.INTERNAL,
    "The register does not answer now; nothing was done.",
    "Try again in a few minutes, or call the care number.",
)


DOCUMENT_STORE_UNAVAILABLE = Refusal(
    "document_store_unavailable",
    Kind.INTERNAL,
    "The store of document copies does not answer; nothing was recorded.",
    "Try again. At a counter, register without the picture meanwhile: do not turn the person away.",
)
OPERATORS_ALONE = frozenset({RootMissing.code, KeyServiceRefused.code, TOKEN_REFUSED.code})
"""Refusals that say where the root, the key service or the token is: the vault service writes them into its log, not into answers."""
PASSING = OPERATORS_ALONE | {VAULT_OUT_OF_REACH.code, TOO_MANY_OPENINGS.code}
"""Refusals that say nothing about the sealed value: opening it waits until the service or the root answers, or for the next day."""
