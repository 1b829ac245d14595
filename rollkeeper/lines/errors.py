# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package lines. A number is never among the facts: only what is wrong with it."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class NumberNotRead(RollkeeperError):
    """A text cannot be read as the number of a line."""

    code = "number_not_read"
    kind = Kind.MALFORMED
    sentence = "The number cannot be read: {value_class}."
    remedy = "Write the whole number with its area or country code, as on the bill; a domain or address block in full."


class LineNotFound(RollkeeperError):
    """No line has this number or reference."""

    code = "line_not_found"
    kind = Kind.NOT_FOUND
    sentence = "No line of this register has that number."
    remedy = "Look at the number again and type all of it."


class SubscriberProtected(RollkeeperError):
    """Whoever holds the line lives under a threat: ordinary staff learn that there is a record and nothing else."""

    code = "subscriber_protected"
    kind = Kind.FORBIDDEN
    sentence = "There is a record for this line, and it is that of a protected subscriber."
    remedy = "Send the matter to the data protection officer; do not ask the subscriber for the reason."


class LineChanged(RollkeeperError):
    """The line was changed since the decision was made (compare-and-set)."""

    code = "line_changed"
    kind = Kind.CONFLICT
    sentence = "Line {line} has changed since version {version}; it is now at {found}."
    remedy = "Look at the line again and decide again."


class LineTerminated(RollkeeperError):
    """The contract under this number is over."""

    code = "line_terminated"
    kind = Kind.CONFLICT
    sentence = "The contract of line {line} is over since {terminated_on}."
    remedy = "Register again: that is a new contract, with the same number where it is free."


class AlreadySuspended(RollkeeperError):
    """The line is suspended for this very reason already."""

    code = "already_suspended"
    kind = Kind.CONFLICT
    sentence = "Line {line} is already suspended for the reason '{reason}'."
    remedy = "Nothing needs to be done."


class NotSuspended(RollkeeperError):
    """The line is not suspended for this reason."""

    code = "not_suspended"
    kind = Kind.CONFLICT
    sentence = "Line {line} is not suspended for the reason '{reason}'."
    remedy = "Nothing needs to be done."


class ReconnectionRefused(RollkeeperError):
    """The line may not have its service back for some hours."""

    code = "reconnection_refused"
    kind = Kind.REFUSED
    sentence = "Line {line} cannot be reconnected temporarily: {reason} ({article})."
    remedy = "Register: service then comes back for good. Emergency calls, the care number and registration work meanwhile."


class NoEvidenceAwaited(RollkeeperError):
    """No pause of this reason waits for a proof."""

    code = "no_evidence_awaited"
    kind = Kind.CONFLICT
    sentence = "No pause of line {line} for the reason '{reason}' waits for a proof."
    remedy = "Nothing needs to be done: the clock stands still on the person's word."


class NumberTaken(RollkeeperError):
    """Another contract has this number."""

    code = "number_taken"
    kind = Kind.CONFLICT
    sentence = "The number belongs to another contract."
    remedy = "Choose another number, or transfer the line that has it."


class NumberQuarantined(RollkeeperError):
    """The number belonged to somebody until lately and is not given out yet."""

    code = "number_quarantined"
    kind = Kind.REFUSED
    sentence = "The number was given back lately and stays in quarantine through {until}."
    remedy = "Choose another number, or come back on the day after."


class NumberStillServed(RollkeeperError):
    """The number rests no longer, and the network has not proved that its former line is out of service."""

    code = "number_still_served"
    kind = Kind.CONFLICT
    sentence = "The network has not yet shown that the line which had this number, {line}, is out of service."
    remedy = "Choose another number, or come back later: it is given out once the network says that the former line is gone."


class TenureOverlap(RollkeeperError):
    """Two tenures of one line would overlap."""

    code = "tenure_overlap"
    kind = Kind.CONFLICT
    sentence = "Line {line} has a tenure that began later than {at}."
    remedy = "Enter acts in the order in which they happened."


class DaysReversed(RollkeeperError):
    """A last day lies before its first."""

    code = "days_reversed"
    kind = Kind.MALFORMED
    sentence = "The last day {last} lies before the first day {first}."
    remedy = "Give the first day first; leave the last one out while it is open."


class CounterTerminationLimitReached(RollkeeperError):
    """Counters have ended as many contracts within a day as this instance lets them (`counter.terminations_per_day`)."""

    code = "counter_termination_limit_reached"
    kind = Kind.CONFLICT
    sentence = "The daily limit of contract terminations at counters has been reached; nothing was done."
    remedy = "Tell an administrator at once. They check what was terminated, and raise the limit if each subscriber asked for it."


class CounterCodeInvalid(RollkeeperError):
    """A code that was read out leads to no line; why is not said."""

    code = "counter_code_invalid"
    kind = Kind.NOT_FOUND
    sentence = "That code leads to no line: it is not right, it was used, or its minutes are over."
    remedy = "Have them get a new one on their line; or type the whole number."


class TooManyCounterCodes(RollkeeperError):
    """A line had too many codes for a counter within an hour."""

    code = "too_many_counter_codes"
    kind = Kind.CONFLICT
    sentence = "This line had {codes} codes for a counter within an hour."
    remedy = "Use the newest one, or come back in an hour. A counter also finds a line by its whole number."


class TooManyCodeAttempts(RollkeeperError):
    """Too many codes that are none were typed."""

    code = "too_many_code_attempts"
    kind = Kind.CONFLICT
    sentence = "Too many codes were typed that are none."
    remedy = "Type the whole number instead, or wait an hour."
