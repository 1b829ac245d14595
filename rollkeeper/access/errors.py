# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package access."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

NOT_ALLOWED = Refusal(
    "not_allowed",
    Kind.FORBIDDEN,
    "This needs the permission '{permission}', which you do not have.",
    "Ask a person with one of these roles: {needed}.",
)

ROLE_BEGINS_LATER = Refusal(
    "role_begins_later",
    Kind.FORBIDDEN,
    "This needs the permission '{permission}'. Your role '{role}' has it, and begins on {day}.",
    "Wait until then, or ask a person with one of these roles: {needed}.",
)


class NotSignedIn(RollkeeperError):
    """User name and password do not belong together, or the account is closed."""

    code = "not_signed_in"
    kind = Kind.FORBIDDEN
    sentence = "User name or password is wrong, or the account is closed."
    remedy = "Try again, or ask an administrator."


class TooManyAttempts(RollkeeperError):
    """There were too many attempts to sign in under this user name."""

    code = "too_many_attempts"
    kind = Kind.FORBIDDEN
    sentence = "There were more than {tries} attempts to sign in under this user name in {minutes} minutes."
    remedy = "Wait {minutes} minutes; if it was not you, tell an administrator."


class ReauthenticationNeeded(RollkeeperError):
    """A grave action was asked for in a session, and too long ago the person last proved to be there."""

    code = "reauthentication_needed"
    kind = Kind.FORBIDDEN
    sentence = "You last gave a password, passkey or code more than {minutes} minutes ago; nothing was done."
    remedy = "Confirm that it is you, then do it again."


WRONG_SECOND_FACTOR = Refusal(
    "wrong_second_factor",
    Kind.FORBIDDEN,
    "The code of the authenticator app is wrong, or was used before.",
    "Wait for the next code and try again.",
)
NO_SECOND_FACTOR = Refusal(
    "no_second_factor",
    Kind.FORBIDDEN,
    "This account has no second factor, and a production instance accepts no password alone.",
    "Sign in at the back office, add an authenticator app under 'Your account', and try again.",
)
# The back office can change password and second factor: an attacker who took it over would make accounts with them.
FACTOR_CHANGED_LATELY = Refusal(
    "factor_changed_lately",
    Kind.FORBIDDEN,
    "The password or second factor of this account was changed less than {hours} hours ago.",
    "Wait until then; meanwhile an administrator gives accounts and roles on the machine: 'rollkeeper staff'. If it was not you who changed it, have the account closed at once: 'rollkeeper staff suspend'.",
)
PASSKEY_ONLY = Refusal(
    "passkey_only",
    Kind.FORBIDDEN,
    "This account has passkeys alone, and here a code is needed.",
    "Add an authenticator app at the back office under 'Your account', and try again.",
)
INVALID_USER_NAME = Refusal(
    "invalid_user_name",
    Kind.MALFORMED,
    "That user name cannot be used.",
    "Use 1 to 64 of a-z, 0-9, dot, dash and underscore; a reference such as 'clerk-07', not a real name.",
)
USER_NAME_TAKEN = Refusal(
    "user_name_taken",
    Kind.CONFLICT,
    "There is an account with the user name '{username}' already.",
    "Choose another, or give that account a role with 'rollkeeper staff grant'.",
)
PASSWORD_TOO_WEAK = Refusal(
    "password_too_weak",
    Kind.MALFORMED,
    "That password is not good enough: {why}",
    "Use at least 12 characters that are not a common password; several plain words are good.",
)
STAFF_UNKNOWN = Refusal(
    "staff_unknown",
    Kind.NOT_FOUND,
    "There is no account with that user name.",
    "Compare the user name with the list of staff.",
)
INVITATION_INVALID = Refusal(
    "invitation_invalid",
    Kind.FORBIDDEN,
    "User name and code do not belong together, or the code was used or is more than three days old.",
    "Check both again, or ask an administrator for another invitation.",
)
NO_MAIL = Refusal(
    "no_mail",
    Kind.REFUSED,
    "This instance sends no mail: notices.smtp_url is not set.",
    "Leave the address empty, and hand over the code that is then shown.",
)
INVALID_ADDRESS = Refusal(
    "invalid_address",
    Kind.MALFORMED,
    "That is no e-mail address.",
    "Enter one address such as name@example.org, or leave it out to be shown the code.",
)
# The role belongs to a process.
ROLE_NOT_FOR_PEOPLE = Refusal(
    "role_not_for_people",
    Kind.MALFORMED,
    "The role '{role}' cannot be given to a person.",
    "Choose one of: {roles}.",
)
ROLE_ALREADY_GRANTED = Refusal(
    "role_already_granted",
    Kind.CONFLICT,
    "'{username}' has the role '{role}' already.",
    "Nothing needs to be done.",
)
ROLE_NOT_GRANTED = Refusal(
    "role_not_granted",
    Kind.CONFLICT,
    "'{username}' does not have the role '{role}'.",
    "The page of staff lists them, as does 'rollkeeper staff list'.",
)
NOT_FOR_OWN_ACCOUNT = Refusal(
    "not_for_own_account",
    Kind.REFUSED,
    "You cannot give yourself a role.",
    "Ask another administrator.",
)
# People who were notified of the role need time to object before its owner decides anything.
ROLE_TOO_RECENT = Refusal(
    "role_too_recent",
    Kind.REFUSED,
    "You received this role less than {hours} hours ago and cannot approve with others yet.",
    "Wait until then, or ask a person who has had the role for longer.",
)
APPROVER_UNKNOWN = Refusal(
    "approver_unknown",
    Kind.FORBIDDEN,
    "Approvals must be made by a named user.",
    "Sign in, or name yourself with --as USERNAME.",
)
ALREADY_APPROVED = Refusal(
    "already_approved",
    Kind.CONFLICT,
    "You have already approved this; it needs another approver.",
    "Ask another user with this permission to check and approve it.",
)
APPROVER_IS_SUBMITTER = Refusal(
    "approver_is_submitter",
    Kind.REFUSED,
    "The person who entered or submitted this cannot approve it.",
    "Ask another user with this permission to check it and decide, in their own session.",
)
NO_PENDING_APPROVAL = Refusal(
    "no_pending_approval",
    Kind.CONFLICT,
    "Nothing is waiting for approval there any more.",
    "Another user has approved or refused it, or no one did in time. Look at the list again.",
)
# An attacker with an app's session and its index key could try every number.
INDEX_LOOKUPS_USED_UP = Refusal(
    "index_lookups_used_up",
    Kind.REFUSED,
    "This app has looked up as many numbers and documents today as the instance allows.",
    "Find out why there were so many. If it is right, raise 'access.index_lookups_per_day' and run 'rollkeeper setup'.",
)
STAFF_REQUEST_TOO_OLD = Refusal(
    "staff_request_too_old",
    Kind.CONFLICT,
    "What was asked for on the page waited for more than {minutes} minutes; nothing was done.",
    "Check on the page Health that a worker runs, then ask again.",
)
STAFF_REQUEST_BROKE = Refusal(
    "staff_request_broke",
    Kind.INTERNAL,
    "What was asked for on the page could not be carried out; nothing was done.",
    "Tell an administrator; the worker's log says what broke.",
)
STAFF_REQUEST_UNREADABLE = Refusal(
    "staff_request_unreadable",
    Kind.MALFORMED,
    "What was asked for on the page cannot be read.",
    "Go back to the page and fill it in again.",
)
SETTING_NOT_ON_PAGES = Refusal(
    "setting_not_on_pages",
    Kind.FORBIDDEN,
    "The setting '{setting}' in the table [{table}] is not changed on a page.",
    "Change it on the machine, in settings.toml.",
)
SETTING_FIXED = Refusal(
    "setting_fixed",
    Kind.CONFLICT,
    "The setting '{setting}' in the table [{table}] is set by the environment, which wins over settings.toml.",
    "Change the environment variable on the machine, or remove it; docs/settings.md says how it is called.",
)
SETTINGS_READ_ONLY = Refusal(
    "settings_read_only",
    Kind.CONFLICT,
    "The worker may not write settings.toml; nothing was changed.",
    "Change it where the machine gets it from.",
)
SETTING_CHANGED_MEANWHILE = Refusal(
    "setting_changed_meanwhile",
    Kind.CONFLICT,
    "The setting '{setting}' in the table [{table}] was changed after you opened the page; nothing was done.",
    "Look at its value now, then change it.",
)
SETTING_WOULD_HARM = Refusal(
    "setting_would_harm",
    Kind.REFUSED,
    "The setting '{setting}' in the table [{table}] is not changed so on a page: {why}.",
    "Choose another value, or have it changed on the machine, in settings.toml.",
)
