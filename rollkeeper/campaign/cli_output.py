# SPDX-License-Identifier: EUPL-1.2
"""Text output of this package's commands. References, counts and days; no names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from rollkeeper.campaign.choices import Stage
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.console import counted, out, show_table
from rollkeeper.kernel.side_by_side import ENGLISH, name_in

if TYPE_CHECKING:  # --help loads this module to list the commands, and must not wait for these imports.
    from rollkeeper.campaign.batch_execution import BatchRunResult
    from rollkeeper.campaign.batch_planning import DueLines
    from rollkeeper.campaign.batch_rollback import UndoResult
    from rollkeeper.campaign.nightly import NightlyResult
    from rollkeeper.campaign.planning import PlanCheck, PlanResult
    from rollkeeper.campaign.queries import (
        BatchDetail,
        BatchView,
        CampaignOverview,
        Explanation,
        NotNotifiedLine,
        PreviewLine,
        StayView,
    )
    from rollkeeper.campaign.register_histories import NotConcerned
    from rollkeeper.law.explain import Sentence
    from rollkeeper.law.pack import Pack


def due(found: DueLines, detail: BatchDetail | None, *, is_named: bool = False) -> None:
    """Show the lines due for one action, with a preview to check."""
    held = f" Excluded: {_counts(found.excluded)}." if found.excluded else ""
    named = f" ({found.campaign})" if is_named else ""
    out.print(
        f"{found.due_on}{named}: {counted(found.count, 'line', 'lines')} to {found.action.value}{_level(BarLevel.partial(found.bars), found.title)}.{held}",
        style="bold",
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
    """Show which lines a planning would add, in the words of the page."""
    rows: list[tuple[str, object]] = [
        ("Lines to add", found.to_add),
        ("In the campaign already", found.members_before),
    ]
    if found.to_restore:
        rows.append(("Lines that get service back", found.to_restore))
    if found.last_day_on:
        rows.append(("Last day of subscribers notified today", found.last_day_on))
    named = f" {found.name}" if found.name else ""
    show_table(f"The dry run: {found.pack_id}{named}, begins {found.begins_on}", ("what", "value"), rows)
    if found.regions:
        regions = [(name or "Not stated", count) for name, count in found.regions.items()]
        show_table("By region", ("region", "lines"), regions)


def _alike(preview: Sequence[PreviewLine]) -> list[list[PreviewLine]]:
    """Return the lines of a preview in groups of the same days and sentences, the largest group first."""
    groups: dict[object, list[PreviewLine]] = {}
    for line in preview:
        groups.setdefault((line.notified_on, line.last_day_on, line.sentences), []).append(line)
    return sorted(groups.values(), key=len, reverse=True)


def planned(found: PlanResult | PlanCheck, others: NotConcerned, law: Pack) -> None:
    """Show the result of a planning in one campaign, or of a dry run."""
    named = f" {found.name}" if law.campaign_name else ""
    if "to_add" in found.__slots__:
        plan_check(cast("PlanCheck", found))
    else:
        done = cast("PlanResult", found)
        queued = " Their notices are queued: run 'rollkeeper notices send'." if done.members_added else ""
        out.print(
            f"Campaign{named} of {done.pack_id}, begins {done.begins_on}: {counted(done.members_added, 'line', 'lines')} added,"
            f" {done.members_before + done.members_added:,} in all.{queued}"
        )
    what = "not asked to verify" if law.campaign.asks_again else "registered"
    out.print(
        f"Not concerned: {others.registered:,} {what}, {others.activated_later:,} in service since {law.campaign.activated_before} or later,"
        f" {others.other_service:,} of other services{f', {others.other_region:,} of other regions' if law.campaign.regions else ''}"
        f"{f', {others.other_payment:,} not known to be paid so' if law.campaign.asks_payment else ''}."
    )
    if found.better_elsewhere:
        out.print(
            f"In another campaign, which gives a later last day: {counted(found.better_elsewhere, 'line', 'lines')}."
        )


def night(nightly_result: NightlyResult, undone: Sequence[UndoResult], ran: Sequence[BatchRunResult]) -> None:
    """Show the result of the nightly run."""
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


def status(seen: Sequence[CampaignOverview], batches: Sequence[BatchView], stays: Sequence[StayView]) -> None:
    """Show the status of campaigns. Batches and stays also appear after a campaign is closed: batches can still be undone, and stays ended."""
    if not seen:
        out.print("No campaign is planned.")
    several = len({one.campaign for one in batches} | {one.name for one in seen}) > 1
    for one in seen:
        _overview(one, is_named=several)
    for batch in batches:
        _batch(batch, is_named=several)
    for stay in stays:
        out.print(
            f"Stay {stay.stay_id}: {stay.first} to {stay.last or '(open)'}; {stay.end_approvals} approved its end."
            + (f" Of the campaign {stay.campaign} alone." if stay.campaign else ""),
            markup=False,
        )


def _overview(seen: CampaignOverview, *, is_named: bool) -> None:
    named = f" {seen.name}" if is_named else ""
    show_table(
        f"Campaign {seen.pack_id}{named}, begins {seen.begins_on}",
        ("stage", "lines"),
        [(Stage(stage).label, count) for stage, count in seen.stage_counts.items()],
    )
    if len(seen.bar_counts) > 1:
        show_table(
            "Suspended, by what is barred",
            ("barred", "lines"),
            [(f"{one.level}{_level('', one.title)}", one.lines) for one in seen.bar_counts],
        )
    out.print(
        f"Not reached yet: {seen.unreachable:,}. Reached by: {_counts(seen.reached_by_channel) or 'nothing'}."
        " As of the last nightly run; the next one counts deliveries that were reported since."
    )
    if seen.due_soon:
        rows = [(day.day, f"{day.action}{_level(day.level, day.title)}", day.count) for day in seen.due_soon]
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


def _batch(batch: BatchView, *, is_named: bool) -> None:
    named = f" of {batch.campaign}" if is_named else ""
    by = ", ".join(approver.username for approver in batch.approvals) or "no one yet"
    why = f" Stopped: {batch.stop_reason}." if batch.stop_reason else ""
    reasons = f" ({_counts(batch.skipped)})" if batch.skipped else ""
    out.print(
        f"Batch {batch.batch_id}{named}: {batch.action}{_level(batch.level, batch.title)} on {batch.due_on}, {batch.state}; {counted(batch.line_count, 'line', 'lines')},"
        f" {batch.done_count:,} done, {batch.skipped_count:,} skipped{reasons}, {batch.undone_count:,} undone;"
        f" approved by {by}.{why}",
        markup=False,
    )


def _level(level: str, title: Mapping[str, str]) -> str:
    """Say what is barred, if more than the emergency floor is left, and what the law calls the stage, if it names it."""
    said = ": ".join(one for one in (name_in(ENGLISH, title), level) if one)
    return f" ({said})" if said else ""


def _sentences(sentences: Sequence[Sentence]) -> None:
    for sentence in sentences:
        article = f"  [art. {sentence.article}]" if sentence.article else ""
        out.print(f"    - {sentence.text}{article}", markup=False)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
