# SPDX-License-Identifier: EUPL-1.2
"""Text output of this package's commands. References, counts and days; no names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rollkeeper.campaign.choices import Stage
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.console import counted, out, show_table

if TYPE_CHECKING:  # the commands are listed by --help, which need not wait for what they show
    from rollkeeper.campaign.batch_execution import BatchRunResult
    from rollkeeper.campaign.batch_planning import DueLines
    from rollkeeper.campaign.batch_rollback import UndoResult
    from rollkeeper.campaign.nightly import NightlyResult
    from rollkeeper.campaign.planning import PlanCheck
    from rollkeeper.campaign.queries import (
        BatchDetail,
        BatchView,
        CampaignOverview,
        Explanation,
        NotNotifiedLine,
        PreviewLine,
        StayView,
    )
    from rollkeeper.law.explain import Sentence


def due(found: DueLines, detail: BatchDetail | None) -> None:
    """Show what is due for one action, with a preview to check."""
    held = f" Excluded: {_counts(found.excluded)}." if found.excluded else ""
    out.print(
        f"[bold]{found.due_on}: {counted(found.count, 'line', 'lines')} to {found.action.value}{_level(BarLevel.partial(found.bars))}.[/bold]{held}"
    )
    if detail is None:
        return
    alike = _alike(detail.preview)
    different = "all counted alike" if len(alike) == 1 else f"{len(alike)} different countings"
    out.print(
        f"Batch {found.batch_id} waits for {counted(detail.view.approvals_needed, 'person', 'people')}. {len(detail.preview):,} of {counted(found.count, 'line', 'lines')},"
        f" drawn by lot, {different}:"
    )
    for lines in alike:
        first = lines[0]
        out.print(f"\n  notified {first.notified_on}, last day {first.last_day_on}:", markup=False)
        for line in lines:
            out.print(f"    {line.line_id}  {line.service}  {line.region or ''}", markup=False)
        _sentences(first.sentences)
    out.print()


def plan_check(found: PlanCheck) -> None:
    """Show what a planning would take in, in the words of the page."""
    rows: list[tuple[str, object]] = [
        ("Lines to add", found.to_add),
        ("In the campaign already", found.members_before),
    ]
    if found.last_day_on:
        rows.append(("Last day of subscribers notified today", found.last_day_on))
    show_table(f"The dry run: {found.pack_id}, begins {found.begins_on}", ("what", "value"), rows)
    if found.regions:
        regions = [(name or "Not stated", count) for name, count in found.regions.items()]
        show_table("By region", ("region", "lines"), regions)


def _alike(preview: Sequence[PreviewLine]) -> list[list[PreviewLine]]:
    """Return the lines of a preview in groups of the same days and sentences, the largest group first."""
    groups: dict[object, list[PreviewLine]] = {}
    for line in preview:
        groups.setdefault((line.notified_on, line.last_day_on, line.sentences), []).append(line)
    return sorted(groups.values(), key=len, reverse=True)


def night(nightly_result: NightlyResult, undone: Sequence[UndoResult], ran: Sequence[BatchRunResult]) -> None:
    """Show what the nightly run did."""
    out.print(
        f"Clocks started: {nightly_result.started:,}. Out of scope, being registered or terminated: {nightly_result.out_of_scope:,}. Postponed:"
        f" {nightly_result.postponed:,}. Reminders owed: {nightly_result.reminded:,}."
    )
    for one in undone:
        out.print(
            f"Batch {one.batch_id} undone: {counted(one.undone, 'line', 'lines')} back, {one.left_alone:,} left alone."
        )
    for run in ran:
        why = f" It goes no further: {run.why}." if run.why else ""
        again = f" Run again after {run.until.astimezone(clock.zone()):%Y-%m-%d %H:%M}." if run.until else ""
        out.print(
            f"Batch {run.batch_id} ({run.action}) is {run.state.value}: {counted(run.done, 'line', 'lines')} done,"
            f" {run.skipped:,} skipped.{why}{again}"
        )
    if not ran:
        out.print("No approved batch has its day today.")


def status(seen: CampaignOverview | None, batches: Sequence[BatchView], stays: Sequence[StayView]) -> None:
    """Show the status of a campaign. Batches and stays also appear after it is closed, because they can still be undone and ended."""
    if seen is None:
        out.print("No campaign is planned.")
    else:
        _overview(seen)
    for batch in batches:
        _batch(batch)
    for stay in stays:
        out.print(
            f"Stay {stay.stay_id}: {stay.first} to {stay.last or '(open)'}; {stay.end_approvals} approved its end.",
            markup=False,
        )


def _overview(seen: CampaignOverview) -> None:
    show_table(
        f"Campaign {seen.pack_id}, begins {seen.begins_on}",
        ("stage", "lines"),
        [(Stage(stage).label, count) for stage, count in seen.stage_counts.items()],
    )
    if len(seen.bar_counts) > 1:
        show_table("Suspended, by what is barred", ("barred", "lines"), list(seen.bar_counts))
    out.print(
        f"Not reached yet: {seen.unreachable:,}. Reached by: {_counts(seen.reached_by_channel) or 'nothing'}."
        " As of the last nightly run; the next one counts deliveries that were reported since."
    )
    if seen.due_soon:
        rows = [(day.day, day.action, day.count) for day in seen.due_soon]
        show_table("Due soon, if nothing changes", ("day", "action", "lines"), rows)


def unreachable(line: NotNotifiedLine) -> None:
    """Show one line that was not reached."""
    state = line.notice_state or "no notice"
    out.print(
        f"{line.line_id}  {line.service}  {line.region or '-'}  {state}  {counted(line.attempts, 'attempt', 'attempts')}"
        + (f"  waived: {line.waiver_reason}" if line.waiver_reason else ""),
        markup=False,
    )


def explanation(found: Explanation) -> None:
    """Show why a line has its status."""
    stage = (
        f" The last nightly run of the campaign left it as: {Stage(found.stage).label}."
        if found.stage
        else ""
    )
    out.print(f"Line {found.line_id} ({found.service}) is {found.state}.{stage} On {found.on}:", markup=False)
    _sentences(found.sentences)


def _batch(batch: BatchView) -> None:
    by = ", ".join(approver.username for approver in batch.approvals) or "no one yet"
    why = f" Stopped: {batch.stop_reason}." if batch.stop_reason else ""
    reasons = f" ({_counts(batch.skipped)})" if batch.skipped else ""
    out.print(
        f"Batch {batch.batch_id}: {batch.action}{_level(batch.level)} on {batch.due_on}, {batch.state}; {counted(batch.line_count, 'line', 'lines')},"
        f" {batch.done_count:,} done, {batch.skipped_count:,} skipped{reasons}, {batch.undone_count:,} undone;"
        f" approved by {by}.{why}",
        markup=False,
    )


def _level(level: str) -> str:
    return f" ({level})" if level else ""


def _sentences(sentences: Sequence[Sentence]) -> None:
    for sentence in sentences:
        article = f"  [art. {sentence.article}]" if sentence.article else ""
        out.print(f"    - {sentence.text}{article}", markup=False)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
