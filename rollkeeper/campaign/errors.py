# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package campaign."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class BillingFileExists(RollkeeperError):
    """The file for billing is there already."""

    code = "billing_file_exists"
    kind = Kind.CONFLICT
    sentence = "{file} is there already, and is not written over."
    remedy = "Name another file, or take that one away."


class NoCampaign(RollkeeperError):
    """No campaign is planned."""

    code = "no_campaign"
    kind = Kind.NOT_FOUND
    sentence = "No campaign is planned."
    remedy = "Import the lines first, then run 'rollkeeper campaign plan'."


class PackChanged(RollkeeperError):
    """The rule pack is not the one with which the campaign was planned."""

    code = "pack_changed"
    kind = Kind.CONFLICT
    sentence = "The pack {pack} has changed since the campaign was planned."
    remedy = "Read what changed, then run 'rollkeeper campaign plan' again. Days already promised are kept."


class OtherCampaignOpen(RollkeeperError):
    """A register runs one campaign at a time."""

    code = "other_campaign_open"
    kind = Kind.CONFLICT
    sentence = "A campaign of the pack {pack} is under way; its lines would be left where they stand."
    remedy = "Plan with that pack. To try another one, use 'rollkeeper simulate' or another instance."


class DifferentDays(RollkeeperError):
    """The instance's days begin at other hours than those of the law."""

    code = "different_days"
    kind = Kind.CONFLICT
    sentence = "The pack {pack} counts days in {zone}, and this instance in {zone_here}, where they begin at other hours."
    remedy = "Set the setting 'instance.zone' to that of the pack, then run it again."


class BatchNotFound(RollkeeperError):
    """No batch has this reference."""

    code = "batch_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no batch {batch}."
    remedy = "'rollkeeper campaign status' lists the batches."


class BatchNotInState(RollkeeperError):
    """The batch has come too far, or not far enough, for what was asked."""

    code = "batch_not_in_state"
    kind = Kind.CONFLICT
    sentence = "Batch {batch} is {state}; this needs one that is {needed}."
    remedy = "'rollkeeper campaign status' shows how far each batch has come."


class DayClosed(RollkeeperError):
    """Nothing may be done against anybody on this day."""

    code = "day_closed"
    kind = Kind.REFUSED
    sentence = "On {day} nobody may lose service ({article}): {why}."
    remedy = "The next day on which it may be is {next_day}."


class NightlyRunGap(RollkeeperError):
    """Between the last night and this one lies more time than an instance is idle: perhaps the machine's date is wrong."""

    code = "nightly_run_gap"
    kind = Kind.REFUSED
    sentence = (
        "The last night was played on {last}, and the machine says that it is {day}: {days} days later."
    )
    remedy = (
        "If its date is wrong, set it right. If it is right, say so once: 'rollkeeper campaign run --after-gap'. Whoever was"
        " due meanwhile is caught up one step at a time."
    )


class DayPast(RollkeeperError):
    """A batch cannot be prepared for a day that is over."""

    code = "day_past"
    kind = Kind.MALFORMED
    sentence = "{day} is over."
    remedy = "Give today's date or a later one."


class WaiversMissing(RollkeeperError):
    """A campaign does not close over people who were never notified."""

    code = "waivers_missing"
    kind = Kind.REFUSED
    sentence = "{count} lines have not been notified, and no waiver covers them ({article})."
    remedy = "Notify them, or waive them in your name: 'rollkeeper campaign unreachable' lists them, 'campaign waive' waives them."


class CampaignNotOver(RollkeeperError):
    """Lines would be left half way, with nobody who looks after their clocks."""

    code = "campaign_not_over"
    kind = Kind.CONFLICT
    sentence = "The campaign is not over: the clock of {running} lines is running, {suspended} are suspended, {batches} batches are open."
    remedy = "Let each of them come to its end, or undo it; 'rollkeeper campaign status' shows them."


class StayNotFound(RollkeeperError):
    """No stay has this reference."""

    code = "stay_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no open stay {stay}."
    remedy = "'rollkeeper campaign status' lists the stays."


class StayReversed(RollkeeperError):
    """A stay would end before it begins, or in the past."""

    code = "stay_reversed"
    kind = Kind.MALFORMED
    sentence = "The last day {last} lies before {first}."
    remedy = "Give the first day first; leave the last one out while the stay is open."
