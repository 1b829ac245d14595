# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package lines. A number is never among the facts: only what is wrong with it."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError


class NumberNotRead(RollkeeperError):
    """A text cannot be read as the number of a line."""

    code = "number_not_read"
    kind = Kind.MALFORMED
    sentence = "The number cannot be read: {value_class}."
    remedy = "Write the whole number with its area or country code, as on the bill; a domain or address block in full."


class LineNotFound(RollkeeperError):
    """No line has this number or reference; or its subscriber is protected, and ordinary staff may not know that."""

    code = "line_not_found"
    kind = Kind.NOT_FOUND
    sentence = "Nothing is found here for this number."
    remedy = "Check the number and type all of it. If it is right, ask the data protection officer."


class AccessLimitReached(RollkeeperError):
    """An account, or all staff together, looked up as many lines or compared as many documents as the settings allow."""

    code = "access_limit_reached"
    kind = Kind.CONFLICT
    sentence = "The daily limit of lookups or of document checks is reached, for this account or for all staff together."
    remedy = "Nothing was done. Ask the data protection officer, who is notified and can raise the limit for honest work."


# Compare-and-set on the version of the line.
LINE_CHANGED = Refusal(
    "line_changed",
    Kind.CONFLICT,
    "Line {line} has changed since version {version}; it is now at {found}.",
    "Check the line again and decide again.",
)
LINE_TERMINATED = Refusal(
    "line_terminated",
    Kind.CONFLICT,
    "The contract of line {line} was terminated on {terminated_on}.",
    "Register again: that is a new contract, with the same number if it is free.",
)
NOT_SUSPENDED = Refusal(
    "not_suspended",
    Kind.CONFLICT,
    "Line {line} is not suspended for the reason '{reason}'.",
    "Nothing needs to be done.",
)
RECONNECTION_REFUSED = Refusal(
    "reconnection_refused",
    Kind.REFUSED,
    "Line {line} cannot be reconnected temporarily: {reason} ({article}).",
    "Register the subscriber: service is then restored permanently. Emergency calls, the care number and registration work meanwhile.",
)
NO_EVIDENCE_AWAITED = Refusal(
    "no_evidence_awaited",
    Kind.CONFLICT,
    "No pause of line {line} for the reason '{reason}' is waiting for a proof.",
    "Nothing needs to be done: the person's statement is enough to pause the clock.",
)
NUMBER_QUARANTINED = Refusal(
    "number_quarantined",
    Kind.REFUSED,
    "The number was given back recently and is in quarantine through {until}.",
    "Choose another number, or come back on the day after.",
)
PORTED_NUMBER_QUARANTINED = Refusal(
    "ported_number_quarantined",
    Kind.REFUSED,
    "The contract of this number ended here, and it is in quarantine through {until}: what is still sent to its former subscriber must reach no other person.",
    "Do not start the port: the number keeps working at the other operator. Bring it in on the day after. The former subscriber may bring it back at once.",
)
NUMBER_STILL_SERVED = Refusal(
    "number_still_served",
    Kind.CONFLICT,
    "The network has not yet proved that the former line of this number, {line}, is out of service.",
    "Choose another number, or come back later: the number is free once the network reports that the former line is gone.",
)
TENURE_OVERLAP = Refusal(
    "tenure_overlap",
    Kind.CONFLICT,
    "Line {line} has a tenure that began later than {at}.",
    "Enter events in the order in which they happened.",
)
DAYS_REVERSED = Refusal(
    "days_reversed",
    Kind.MALFORMED,
    "The last day {last} is before the first day {first}.",
    "Give the first day first; leave the last one out while it is open.",
)
# The setting `counter.terminations_per_day`.
COUNTER_TERMINATION_LIMIT_REACHED = Refusal(
    "counter_termination_limit_reached",
    Kind.CONFLICT,
    "The daily limit of contract terminations at counters has been reached; nothing was done.",
    "Tell an administrator at once. They check what was terminated, and raise the limit if each subscriber asked for it.",
)
# The reason is not given: a guesser learns nothing.
COUNTER_CODE_INVALID = Refusal(
    "counter_code_invalid",
    Kind.NOT_FOUND,
    "That code is not valid: it is wrong, already used, or expired.",
    "Ask the subscriber to get a new one on their line, or type the whole number.",
)


class TooManyCounterCodes(RollkeeperError):
    """A line had too many codes for a counter within an hour."""

    code = "too_many_counter_codes"
    kind = Kind.CONFLICT
    sentence = "This line had {codes} codes for a counter within an hour."
    remedy = "Use the newest one, or come back in an hour. A counter also finds a line by its whole number."


TOO_MANY_CODE_ATTEMPTS = Refusal(
    "too_many_code_attempts",
    Kind.CONFLICT,
    "Too many wrong codes were typed.",
    "Type the whole number instead, or wait an hour.",
)
