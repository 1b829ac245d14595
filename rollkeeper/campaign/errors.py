# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package campaign."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

BILLING_FILE_EXISTS = Refusal(
    "billing_file_exists",
    Kind.CONFLICT,
    "{file} already exists and is not overwritten.",
    "Name another file, or remove that one.",
)
NO_CAMPAIGN = Refusal(
    "no_campaign",
    Kind.NOT_FOUND,
    "No campaign is planned.",
    "Import the lines first, then plan the campaign: on its page, or with 'rollkeeper campaign plan'.",
)


CAMPAIGN_NOT_FOUND = Refusal(
    "campaign_not_found",
    Kind.NOT_FOUND,
    "No campaign {campaign} is open. These are: {campaigns}.",
    "Name one of these; 'rollkeeper campaign status' shows them.",
)
CAMPAIGN_NOT_NAMED = Refusal(
    "campaign_not_named",
    Kind.MALFORMED,
    "Several campaigns are open: {campaigns}.",
    "Name one of them: on its page, or with --campaign.",
)
CAMPAIGN_NOT_STATED = Refusal(
    "campaign_not_stated",
    Kind.NOT_FOUND,
    "The pack {pack} has no campaign {campaign}. It has: {campaigns}.",
    "Name one of these.",
)
CAMPAIGN_LEFT_OUT = Refusal(
    "campaign_left_out",
    Kind.CONFLICT,
    "The campaign {campaign} is open, and the pack {pack} has it no more; its lines would no longer be processed.",
    "Keep it in the pack until it is closed or cancelled.",
)


class PackChanged(RollkeeperError):
    """The rule pack is not the one with which the campaign was planned."""

    code = "pack_changed"
    kind = Kind.CONFLICT
    sentence = "The pack {pack} has changed since the campaign was planned."
    remedy = "Read what changed, then plan again: on the campaign's page, or with 'rollkeeper campaign plan'. Days already promised are kept."


OTHER_CAMPAIGN_OPEN = Refusal(
    "other_campaign_open",
    Kind.CONFLICT,
    "A campaign of the pack {pack} is open; its lines would no longer be processed.",
    "Plan with that pack. To try another one, use 'rollkeeper simulate' or another instance.",
)
DIFFERENT_DAYS = Refusal(
    "different_days",
    Kind.CONFLICT,
    "The pack {pack} counts days in {zone}, this instance in {zone_here}: days begin at different times.",
    "Set the setting 'instance.zone' to that of the pack, then run it again.",
)
BATCH_NOT_FOUND = Refusal(
    "batch_not_found",
    Kind.NOT_FOUND,
    "There is no batch {batch}.",
    "The campaign's page lists the batches, as does 'rollkeeper campaign status'.",
)


class BatchNotInState(RollkeeperError):
    """The batch has come too far, or not far enough, for what was asked."""

    code = "batch_not_in_state"
    kind = Kind.CONFLICT
    sentence = "Batch {batch} is {state}; this needs one that is {needed}."
    remedy = "The campaign's page shows how far each batch has come, as does 'rollkeeper campaign status'."


DAY_CLOSED = Refusal(
    "day_closed",
    Kind.REFUSED,
    "On {day} no line may lose service ({article}): {why}.",
    "The next possible day is {next_day}.",
)
# An instance is never idle for so long: the machine's date may be wrong.
NIGHTLY_RUN_GAP = Refusal(
    "nightly_run_gap",
    Kind.REFUSED,
    "The last nightly run was on {last}, and the machine's date is {day}: {days} days later.",
    (
        "If the date is wrong, correct it. If it is right, confirm it once: 'rollkeeper campaign run --after-gap'. Lines due meanwhile are processed one step at a time."
    ),
)
DAY_PAST = Refusal(
    "day_past",
    Kind.MALFORMED,
    "{day} is in the past.",
    "Give today's date or a later one.",
)
WAIVERS_MISSING = Refusal(
    "waivers_missing",
    Kind.REFUSED,
    "Lines that were not notified and that no waiver covers: {count} ({article}).",
    "Notify them, or waive them in your name: on the page of those still to be reached, or with 'rollkeeper campaign waive'.",
)
# If it were closed now, some lines would be left between two stages, and nothing would watch their clocks.
CAMPAIGN_NOT_OVER = Refusal(
    "campaign_not_over",
    Kind.CONFLICT,
    "The campaign is not over: the clock of {running} lines is running, {suspended} are suspended, {batches} batches are open.",
    "Let each of them finish, or undo it; the campaign's page shows them, as does 'rollkeeper campaign status'.",
)
CAMPAIGN_UNDER_WAY = Refusal(
    "campaign_under_way",
    Kind.CONFLICT,
    "The campaign cannot be cancelled: {suspended} lines are suspended by it, {batches} batches are open.",
    "Undo the batches first, on their pages or with 'rollkeeper campaign undo': the former state is restored. Or let each line finish and close the campaign.",
)
CANCELLATION_NOT_CONFIRMED = Refusal(
    "cancellation_not_confirmed",
    Kind.REFUSED,
    "The campaign {campaign} was not cancelled: no one confirmed it.",
    "Answer the question at a terminal with y; where no terminal can be asked, --yes says that it is meant.",
)
BATCH_NOT_NAMED = Refusal(
    "batch_not_named",
    Kind.MALFORMED,
    "{count} batches could be meant: {batches}.",
    "Name one; 'rollkeeper campaign status' shows the state of each.",
)
NO_SUCH_BATCH_NOW = Refusal(
    "no_such_batch_now",
    Kind.CONFLICT,
    "No batch is in a state in which this can be done.",
    "'rollkeeper campaign status' shows the state of each; 'rollkeeper campaign prepare' makes a batch of what is due.",
)
STAY_NOT_FOUND = Refusal(
    "stay_not_found",
    Kind.NOT_FOUND,
    "There is no open stay {stay}.",
    "The page of stays lists them, as does 'rollkeeper campaign status'.",
)
# Also for a stay that would end in the past.
STAY_REVERSED = Refusal(
    "stay_reversed",
    Kind.MALFORMED,
    "The last day {last} is before {first}.",
    "Give the first day first; leave the last one out while the stay is open.",
)
