# SPDX-License-Identifier: EUPL-1.2
"""How far a batch has come, what comes next, when, and who must act: as steps that a template draws.

Pure: facts and an instant go in, steps come out, so that every state can be tested without a page.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollkeeper.campaign.choices import BatchState, Stage, StopReason
from rollkeeper.campaign.queries import BatchView, CampaignOverview, Watch
from rollkeeper.campaign.rules import next_run_by_itself, watched_until
from rollkeeper.kernel.error_messages import translated_words

_ENDED_EARLY: Final = frozenset({BatchState.STOPPED, BatchState.UNDO_REQUESTED, BatchState.UNDONE})


class StepState(StrEnum):
    """The state of one step."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, its texts, and its state."""

    title: str
    notes: tuple[str, ...]
    state: StepState


@dataclass(frozen=True, slots=True)
class Known:
    """The facts in addition to the batch itself."""

    now: dt.datetime
    pilot_hours: int
    run_from_hour: int | None
    is_asked: bool = False
    """A person requested a run, and the worker has not done it yet."""
    watch: Watch | None = None

    @property
    def today(self) -> dt.date:
        """Return the day of the instant."""
        return self.now.date()


def batch_steps(batch: BatchView, known: Known) -> list[Step]:
    """Return the steps of a batch, the present one marked."""
    at = _position(batch, known)
    names = [
        (_("Prepared"), _prepared(batch)),
        (_("Approved %(given)s of %(needed)s") % _approvals(batch), _approved(batch)),
        (_("First share: %(lines)s") % {"lines": intcomma(batch.pilot_count)}, _first(batch, known, at)),
        (_("Watched"), _watched(batch, known)),
        (_("The rest: %(lines)s") % {"lines": intcomma(batch.line_count - batch.pilot_count)}, _rest(batch, known, at)),
        (_("Done"), _done(batch)),
    ]  # fmt: skip
    steps = [Step(title, tuple(notes), _state(i, at)) for i, (title, notes) in enumerate(names)]
    return [*steps[:at], *_ended(batch)] if _ended(batch) else steps


def campaign_steps(seen: CampaignOverview | None) -> list[Step]:
    """Return the steps of a whole campaign, the present one marked."""
    if seen is None:
        names = (_("Lines imported"), _("Planned"), _("Notified"), _("Suspended in batches"), _("Closed"))
        return [Step(name, (), _state(i, 1)) for i, name in enumerate(names)]
    counts = {stage: seen.stage_counts.get(stage.value, 0) for stage in Stage}
    total = sum(counts.values())
    at = 2 if counts[Stage.NOT_NOTIFIED] else 3 if counts[Stage.RUNNING] or counts[Stage.SUSPENDED] else 4
    notified = _("%(done)s of %(all)s") % {
        "done": intcomma(total - counts[Stage.NOT_NOTIFIED]),
        "all": intcomma(total),
    }
    done = [
        (_("Lines imported"), ()),
        (_("Planned"), (_("%(lines)s lines") % {"lines": intcomma(total)},)),
        (_("Notified"), (notified,)),
        (_("Suspended in batches"), (intcomma(counts[Stage.SUSPENDED]), _("terminated: %(lines)s") % {"lines": intcomma(counts[Stage.TERMINATED])})),
        (_("Closed"), ()),
    ]  # fmt: skip
    return [Step(name, notes, _state(i, at)) for i, (name, notes) in enumerate(done)]


def what_next(batch: BatchView, known: Known) -> str:
    """Return in one sentence what comes next, when, and who must act."""
    match BatchState(batch.state):
        case BatchState.WAITING:
            missing = batch.approvals_needed - len(batch.approvals)
            return ngettext(
                "%(n)s approval is missing. A campaign manager or a supervisor checks the preview and approves.",
                "%(n)s approvals are missing. A campaign manager or a supervisor checks the preview and approves.",
                missing,
            ) % {"n": missing}
        case BatchState.STOPPED:
            return _(
                "The batch is stopped. What it did stays until it is undone; a new batch can be prepared."
            )
        case BatchState.UNDO_REQUESTED:
            return _("Rollkeeper is giving the lines back their service. This takes some minutes.")
        case BatchState.UNDONE:
            return _("Every line is as it was before and has its days back.")
        case BatchState.DONE:
            return _("Nothing more needs to be done. It can still be undone.")
        case _:
            return _next_run(batch, known)


def is_watched(batch: BatchView, known: Known) -> bool:
    """Tell whether the pilot is done and the rest of the batch waits."""
    until = watched_until(batch.pilot_done_at, pilot_hours=known.pilot_hours)
    return (
        batch.state == BatchState.RUNNING
        and until is not None
        and known.now < until
        and batch.position_done < batch.line_count
    )


def may_run_now(batch: BatchView, known: Known) -> bool:
    """Tell whether a person may request a run now."""
    is_ready = batch.state in {BatchState.APPROVED, BatchState.RUNNING} and batch.due_on <= known.today
    return is_ready and not known.is_asked and not is_watched(batch, known)


def _position(batch: BatchView, known: Known) -> int:
    """Return the number of the present step; the steps below it are done."""
    match BatchState(batch.state):
        case BatchState.WAITING:
            return 1
        case BatchState.APPROVED:
            return 2
        case BatchState.DONE:
            return 6
    if batch.position_done < batch.pilot_count:
        return 2 if batch.approvals else 1
    if batch.state in _ENDED_EARLY and batch.position_done == batch.pilot_count:
        return 3  # The hours for watching the pilot may not be over.
    return 3 if is_watched(batch, known) else 4


def _state(i: int, at: int) -> StepState:
    return StepState.DONE if i < at else StepState.NOW if i == at else StepState.LATER


def _ended(batch: BatchView) -> list[Step]:
    match BatchState(batch.state):
        case BatchState.STOPPED:
            return [Step(_("Stopped"), tuple(_why(batch.stop_reason)), StepState.STOPPED)]
        case BatchState.UNDO_REQUESTED:
            return [Step(_("Being undone"), tuple(_undone(batch)), StepState.NOW)]
        case BatchState.UNDONE:
            return [Step(_("Undone"), tuple(_undone(batch)), StepState.DONE)]
    return []


def _why(reason: str | None) -> Iterator[str]:
    """Say why a batch stopped: the label of the reason that a person chose, or Rollkeeper's own reason."""
    if reason in StopReason.values:
        yield str(StopReason(reason).label)
    elif reason:
        yield translated_words(reason)[0]


def _undone(batch: BatchView) -> Iterator[str]:
    undone = batch.undone_count
    yield ngettext("%(lines)s line has service again", "%(lines)s lines have service again", undone) % {
        "lines": intcomma(undone)
    }


def _approvals(batch: BatchView) -> dict[str, int]:
    return {"given": len(batch.approvals), "needed": batch.approvals_needed}


def _prepared(batch: BatchView) -> Iterator[str]:
    yield _moment(batch.prepared_at)
    yield batch.prepared_by or _("by the nightly run")


def _approved(batch: BatchView) -> Iterator[str]:
    for one in batch.approvals:
        yield f"{one.username} · {_moment(one.approved_at)}"


def _first(batch: BatchView, known: Known, at: int) -> Iterator[str]:
    if batch.pilot_done_at:
        yield _("done at %(time)s") % {"time": _time(batch.pilot_done_at, known)}
    elif at == 2:
        yield from _begins(batch, known)
    else:
        yield _("alone, to be watched")


def _begins(batch: BatchView, known: Known) -> Iterator[str]:
    if known.is_asked:
        yield _("begins within seconds")
    elif at := next_run_by_itself(known.now, from_hour=known.run_from_hour, due_on=batch.due_on):
        yield _("automatically from %(time)s") % {"time": _time(at, known)}
    else:
        yield _("when a campaign manager runs it")


def _watched(batch: BatchView, known: Known) -> Iterator[str]:
    until = watched_until(batch.pilot_done_at, pilot_hours=known.pilot_hours)
    if until is None:
        hours = known.pilot_hours
        yield ngettext("for %(n)s hour", "for %(n)s hours", hours) % {"n": hours}
        return
    yield _("until %(time)s") % {"time": _time(until, known)}
    if known.watch is not None:
        n = known.watch.complaints
        yield ngettext("%(n)s complaint", "%(n)s complaints", n) % {"n": intcomma(n)}
        n = known.watch.failed_read_backs + known.watch.floor_breaks
        yield _("not proved by the network: %(n)s") % {"n": intcomma(n)}


def _rest(batch: BatchView, known: Known, at: int) -> Iterator[str]:
    until = watched_until(batch.pilot_done_at, pilot_hours=known.pilot_hours)
    if at == 4 and known.is_asked:
        yield _("%(done)s of %(all)s processed") % {"done": intcomma(batch.position_done), "all": intcomma(batch.line_count)}  # fmt: skip
    elif known.run_from_hour is not None:
        yield (
            _("automatically from %(time)s") % {"time": _time(until, known)} if until else _("automatically")
        )
    else:
        yield _("when a campaign manager runs it")
    yield _("at most %(lines)s an hour") % {"lines": intcomma(batch.max_lines_per_hour)}


def _done(batch: BatchView) -> Iterator[str]:
    if batch.state == BatchState.DONE:
        yield _("%(done)s done, %(skipped)s skipped") % {
            "done": intcomma(batch.done_count), "skipped": intcomma(batch.skipped_count),
        }  # fmt: skip
    yield _("an undo stays open")


def _next_run(batch: BatchView, known: Known) -> str:
    if known.is_asked:
        return _("Rollkeeper runs it. This page updates automatically.")
    until = watched_until(batch.pilot_done_at, pilot_hours=known.pilot_hours)
    if is_watched(batch, known) and until is not None:
        times = {"time": _time(until, known)}
        if known.run_from_hour is not None:
            return (
                _(
                    "The first share is done. The rest runs automatically from %(time)s, unless a person stops it."
                )
                % times
            )
        return _("The first share is done. From %(time)s on a campaign manager can run the rest.") % times
    if batch.due_on > known.today:
        return _("It can run from %(day)s on.") % {"day": date_format(batch.due_on, "DATE_FORMAT")}
    at = next_run_by_itself(known.now, from_hour=known.run_from_hour, due_on=batch.due_on)
    if at is not None:
        return _("It runs automatically from %(time)s. A campaign manager can run it now.") % {
            "time": _time(at, known)
        }
    return _("A campaign manager runs it now, or leaves it. Nothing runs automatically in this instance.")


def _moment(at: dt.datetime) -> str:
    return date_format(at.astimezone(_zone()), "DATETIME_FORMAT")


def _time(at: dt.datetime, known: Known) -> str:
    """Return an instant of today as a time only, of another day with its day."""
    at = at.astimezone(known.now.tzinfo)
    return date_format(at, "TIME_FORMAT" if at.date() == known.today else "DATETIME_FORMAT")


def _zone() -> dt.tzinfo:
    from rollkeeper.kernel import clock

    return clock.zone()
