# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package campaign."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

BILLING_FILE_EXISTS = Refusal(
    "billing_file_exists",
    Kind.CONFLICT,
    "{file} is there already, and is not written over.",
    "Name another file, or take that one away.",
)
NO_CAMPAIGN = Refusal(
    "no_campaign",
    Kind.NOT_FOUND,
    "No campaign is planned.",
    "Import the lines first, then run 'rollkeeper campaign plan'.",
)


class PackChanged(RollkeeperError):
    """The rule pack is not the one with which the campaign was planned."""

    code = "pack_changed"
    kind = Kind.CONFLICT
    sentence = "The pack {pack} has changed since the campaign was planned."
    remedy = "Read what changed, then run 'rollkeeper campaign plan' again. Days already promised are kept."


OTHER_CAMPAIGN_OPEN = Refusal(
    "other_campaign_open",
    Kind.CONFLICT,
    "A campaign of the pack {pack} is under way; its lines would be left where they stand.",
    "Plan with that pack. To try another one, use 'rollkeeper simulate' or another instance.",
)
DIFFERENT_DAYS = Refusal(
    "different_days",
    Kind.CONFLICT,
    "The pack {pack} counts days in {zone}, and this instance in {zone_here}, where they begin at other hours.",
    "Set the setting 'instance.zone' to that of the pack, then run it again.",
)
BATCH_NOT_FOUND = Refusal(
    "batch_not_found",
    Kind.NOT_FOUND,
    "There is no batch {batch}.",
    "'rollkeeper campaign status' lists the batches.",
)


class BatchNotInState(RollkeeperError):
    """The batch has come too far, or not far enough, for what was asked."""

    code = "batch_not_in_state"
    kind = Kind.CONFLICT
    sentence = "Batch {batch} is {state}; this needs one that is {needed}."
    remedy = "'rollkeeper campaign status' shows how far each batch has come."


DAY_CLOSED = Refusal(
    "day_closed",
    Kind.REFUSED,
    "On {day} nobody may lose service ({article}): {why}.",
    "The next day on which it may be is {next_day}.",
)
# An instance is never idle for so long: the machine's date may be wrong.
NIGHTLY_RUN_GAP = Refusal(
    "nightly_run_gap",
    Kind.REFUSED,
    "The last night was played on {last}, and the machine says that it is {day}: {days} days later.",
    (
        "If its date is wrong, set it right. If it is right, say so once: 'rollkeeper campaign run --after-gap'. Whoever was"
        " due meanwhile is caught up one step at a time."
    ),
)
DAY_PAST = Refusal(
    "day_past",
    Kind.MALFORMED,
    "{day} is over.",
    "Give today's date or a later one.",
)
WAIVERS_MISSING = Refusal(
    "waivers_missing",
    Kind.REFUSED,
    "{count} lines have not been notified, and no waiver covers them ({article}).",
    "Notify them, or waive them in your name: 'rollkeeper campaign unreachable' lists them, 'campaign waive' waives them.",
)
# Lines would be left half way, and nothing would watch their clocks.
CAMPAIGN_NOT_OVER = Refusal(
    "campaign_not_over",
    Kind.CONFLICT,
    "The campaign is not over: the clock of {running} lines is running, {suspended} are suspended, {batches} batches are open.",
    "Let each of them come to its end, or undo it; 'rollkeeper campaign status' shows them.",
)
STAY_NOT_FOUND = Refusal(
    "stay_not_found",
    Kind.NOT_FOUND,
    "There is no open stay {stay}.",
    "'rollkeeper campaign status' lists the stays.",
)
# Also for a stay that would end in the past.
STAY_REVERSED = Refusal(
    "stay_reversed",
    Kind.MALFORMED,
    "The last day {last} lies before {first}.",
    "Give the first day first; leave the last one out while the stay is open.",
)
