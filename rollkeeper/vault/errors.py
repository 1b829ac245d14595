# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package vault. Whatever stands in the way of opening is one and the same error."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class CannotOpen(RollkeeperError):
    """Something sealed does not open. It never says why: erased, moved, changed and never sealed look alike."""

    code = "cannot_open"
    kind = Kind.NOT_FOUND
    sentence = "This cannot be opened."
    remedy = "If it should not have been erased yet, run 'rollkeeper doctor' and look at docs/runbook/."


class TooManyOpenings(RollkeeperError):
    """A member of staff has opened as much as one may in a day. The attempt is on record."""

    code = "too_many_openings"
    kind = Kind.REFUSED
    sentence = "Nothing was opened ({article}): {reason}."
    remedy = "{remedy}"


class NeedsTwoApprovers(RollkeeperError):
    """What is asked for needs more people than agreed to it."""

    code = "needs_two_approvers"
    kind = Kind.FORBIDDEN
    sentence = "Opening for '{purpose}' needs {people} different people with that permission."
    remedy = "Let a second one agree: the page or the command that asks for it says how."


class NeedsDisclosureRequest(RollkeeperError):
    """Something was to be opened on a disclosure request that stands nowhere."""

    code = "needs_disclosure_request"
    kind = Kind.FORBIDDEN
    sentence = (
        "On a disclosure request nothing is opened that the disclosure request's own record does not name."
    )
    remedy = "Enter the disclosure request with 'rollkeeper disclosures enter'; that is the one way out."


class NeedsConsent(RollkeeperError):
    """Something was to be opened for an auditor without the person's own recorded consent."""

    code = "needs_consent"
    kind = Kind.FORBIDDEN
    sentence = "An auditor sees nothing that the person has not agreed to show to this auditor."
    remedy = "Ask for their consent on the page of the sample; whoever does not answer is not shown."


class OwnAlarm(RollkeeperError):
    """Somebody would settle the alarm that they raised."""

    code = "own_alarm"
    kind = Kind.FORBIDDEN
    sentence = "You cannot settle an alarm that you raised; nothing was settled."
    remedy = "Let another data protection officer or administrator look into it."


class SealOnlyProcess(RollkeeperError):
    """A process that can only seal was asked to open."""

    code = "seal_only_process"
    kind = Kind.FORBIDDEN
    sentence = "This process can seal, and cannot open or destroy."
    remedy = "Open from a command on the machine, in a process without a web app."


class AlreadySealed(RollkeeperError):
    """A record is sealed already for this person and tenure, or twice in one call."""

    code = "already_sealed"
    kind = Kind.CONFLICT
    sentence = "A record for one of these persons and tenures is sealed already."
    remedy = "What is sealed is never written over: seal a correction under a new tenure reference."


class SealedFileTooLarge(RollkeeperError):
    """A file is larger than the vault takes."""

    code = "sealed_file_too_large"
    kind = Kind.MALFORMED
    sentence = "The file is larger than {most_mb} million bytes."
    remedy = "Scan it again with fewer dots an inch, in grey."


class NoEpoch(RollkeeperError):
    """No epoch of keys has begun."""

    code = "no_epoch"
    kind = Kind.CONFLICT
    sentence = "No epoch of keys has begun: nothing can be sealed."
    remedy = "Run 'rollkeeper setup'."


class EpochEnded(RollkeeperError):
    """An epoch ended between reading its public half and sealing to it."""

    code = "epoch_ended"
    kind = Kind.CONFLICT
    sentence = "The epoch of keys ended at this moment; nothing was sealed."
    remedy = "Do it again: it will be sealed to the new epoch."


class RotationCannotFinish(RollkeeperError):
    """Something kept arriving under an older epoch, so that it was not destroyed."""

    code = "rotation_cannot_finish"
    kind = Kind.CONFLICT
    sentence = "Values sealed to an older epoch kept arriving; it was not destroyed. Nothing is lost."
    remedy = "Run 'rollkeeper vault rotate' again, when no import or registration is running."


class EpochNotGenuine(RollkeeperError):
    """The public half in the store of keys was not put there by this instance."""

    code = "epoch_not_genuine"
    kind = Kind.INTERNAL
    sentence = (
        "The public half of epoch {epoch} is not the one that this instance made: nothing is sealed to it."
    )
    remedy = (
        "Run 'rollkeeper setup': it signs what the root proves to be this instance's. If it refuses, somebody changed the store of"
        " keys; look into that before anything else."
    )


class RootMissing(RollkeeperError):
    """The root of trust or the key of the index is not where it must be."""

    code = "root_missing"
    kind = Kind.INTERNAL
    sentence = "{file} is missing or cannot be read."
    remedy = "Bring it back from where it is kept safe: docs/runbook/. Without it nothing opens."


class KeyServiceRefused(RollkeeperError):
    """The key service did not answer, or would not."""

    code = "key_service_refused"
    kind = Kind.INTERNAL
    sentence = "The key service at {url} did not do what it was asked: {why}."
    remedy = (
        "Is it running and unsealed, and is the token in {token_file} valid? ops/openbao/ has the policies."
    )


class TokenRefused(RollkeeperError):
    """The token behind PKCS#11 is not there, or would not."""

    code = "token_refused"
    kind = Kind.INTERNAL
    sentence = "The token '{token}' did not do what it was asked: {why}."
    remedy = "Is it plugged in, is {module} its library, and is the PIN in secrets/root.pin right?"


class ArchiveDamaged(RollkeeperError):
    """A backup was cut short, changed, or is none."""

    code = "archive_damaged"
    kind = Kind.MALFORMED
    sentence = "The backup is not whole: it was cut short or changed, or the file is no backup."
    remedy = "Use another copy of it, or the backup before it."


class ArchiveOfAnotherRoot(RollkeeperError):
    """The root of trust that was given does not open this backup."""

    code = "archive_of_another_root"
    kind = Kind.REFUSED
    sentence = (
        "The backup was made under another root of trust, or under a version of it that a rotation destroyed."
    )
    remedy = (
        "Give the root file as it was kept after the last rotation, and a backup made since: docs/runbook/."
    )


class DocumentStoreUnavailable(RollkeeperError):
    """The store of document copies does not answer."""

    code = "document_store_unavailable"
    kind = Kind.INTERNAL
    sentence = "The store of document copies does not answer; nothing was recorded."
    remedy = "Try again. At a counter, register without the picture meanwhile: nobody is turned away for want of a copy."
