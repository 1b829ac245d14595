# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package access."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class NotAllowed(RollkeeperError):
    """Whoever asks has no role with this permission."""

    code = "not_allowed"
    kind = Kind.FORBIDDEN
    sentence = "This needs the permission '{permission}', which you do not have."
    remedy = "Ask somebody whose role is one of: {needed}."


class NotSignedIn(RollkeeperError):
    """User name and password do not belong together, or the account is closed."""

    code = "not_signed_in"
    kind = Kind.FORBIDDEN
    sentence = "User name or password is wrong, or the account is closed."
    remedy = "Try again, or ask an administrator."


class TooManyAttempts(RollkeeperError):
    """Somebody tried too often to sign in under this user name."""

    code = "too_many_attempts"
    kind = Kind.FORBIDDEN
    sentence = "There were more than {tries} attempts to sign in under this user name in {minutes} minutes."
    remedy = "Wait {minutes} minutes; if it was not you, tell an administrator."


class InvalidUserName(RollkeeperError):
    """A user name has characters that it may not have."""

    code = "invalid_user_name"
    kind = Kind.MALFORMED
    sentence = "That user name cannot be used."
    remedy = (
        "Take 1 to 64 of a-z, 0-9, dot, dash and underscore; a reference such as 'clerk-07', not a real name."
    )


class UserNameTaken(RollkeeperError):
    """There is an account of that name."""

    code = "user_name_taken"
    kind = Kind.CONFLICT
    sentence = "There is an account with the user name '{username}' already."
    remedy = "Choose another, or give that account a role with 'rollkeeper staff grant'."


class PasswordTooWeak(RollkeeperError):
    """A password does not meet what this instance asks of one."""

    code = "password_too_weak"
    kind = Kind.MALFORMED
    sentence = "That password is not good enough: {why}"
    remedy = "Take 12 characters or more that are in no list; several plain words are good."


class StaffUnknown(RollkeeperError):
    """No account has that user name."""

    code = "staff_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no account with that user name."
    remedy = "See 'rollkeeper staff list', or add it with 'rollkeeper staff add'."


class RoleNotForPeople(RollkeeperError):
    """The role belongs to the machine and cannot be given to a person."""

    code = "role_not_for_people"
    kind = Kind.MALFORMED
    sentence = "The role '{role}' cannot be given to a person."
    remedy = "Choose one of: {roles}."


class RoleAlreadyGranted(RollkeeperError):
    """The role was given before and has not ended."""

    code = "role_already_granted"
    kind = Kind.CONFLICT
    sentence = "'{username}' has the role '{role}' already."
    remedy = "Nothing needs doing."


class RoleNotGranted(RollkeeperError):
    """The role cannot end: it is not held."""

    code = "role_not_granted"
    kind = Kind.CONFLICT
    sentence = "'{username}' does not have the role '{role}'."
    remedy = "See 'rollkeeper staff list'."


class NotForOwnAccount(RollkeeperError):
    """Nobody gives a role to themselves."""

    code = "not_for_own_account"
    kind = Kind.REFUSED
    sentence = "Nobody can give a role to themselves."
    remedy = "Ask another administrator."


class RoleTooRecent(RollkeeperError):
    """Whoever decides with others was given the role too lately: whoever was notified of it has had no time to look."""

    code = "role_too_recent"
    kind = Kind.REFUSED
    sentence = "You were given this role less than {hours} hours ago, and do not decide with others yet."
    remedy = "Wait until then, or ask somebody who has had the role for longer."


class ApproverUnknown(RollkeeperError):
    """An approval needs a person who signed in, not a console."""

    code = "approver_unknown"
    kind = Kind.FORBIDDEN
    sentence = "Approvals must be made by a named user."
    remedy = "Sign in, or name yourself with --as USERNAME."


class AlreadyApproved(RollkeeperError):
    """One person counts once."""

    code = "already_approved"
    kind = Kind.CONFLICT
    sentence = "You have already approved this; it needs another approver."
    remedy = "Ask another user with this permission to look at it and approve it."


class ApproverIsSubmitter(RollkeeperError):
    """Who entered or submitted something would approve it."""

    code = "approver_is_submitter"
    kind = Kind.REFUSED
    sentence = "The person who entered or submitted this cannot approve it."
    remedy = "Ask another user with this permission to look at it and to decide, in a session of their own."


class NoPendingApproval(RollkeeperError):
    """Nothing waits for an approver there."""

    code = "no_pending_approval"
    kind = Kind.CONFLICT
    sentence = "Nothing waits for an approval there any more."
    remedy = "Another user has approved or refused it, or no one did in time. Look at the list again."
