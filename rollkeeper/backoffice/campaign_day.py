# SPDX-License-Identifier: EUPL-1.2
"""One day of the campaign's charts: its counts, what changed since the run before, the batches for it, and how it is counted.

Lines are shown only in the preview of their batch, by reference; no person is named.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rollkeeper.backoffice.batches import authority_to_see
from rollkeeper.backoffice.campaign_choice import campaign_choice
from rollkeeper.backoffice.chart import STACK
from rollkeeper.backoffice.labels import say_stage
from rollkeeper.campaign import queries
from rollkeeper.campaign.choices import Action
from rollkeeper.campaign.stage_counts import DayCount


@require_safe
def campaign_day(request: HttpRequest, day: str) -> HttpResponse:
    """Show the facts behind a day of a chart: a day of a nightly run, of a batch, or on which lines fall due."""
    authority_to_see(request)
    try:
        on = dt.date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    choice = campaign_choice(request)
    seen = choice.overview()
    if seen is None:
        raise Http404
    counts = dict(seen.series)
    due = [one for one in seen.due_soon if one.day == on]
    batches = [one for one in queries.batches(due_on=on) if not choice.offered or one.campaign == choice.name]
    if on not in counts and not due and not batches:
        raise Http404
    days = [day for day, _ in seen.series]
    before = {later: earlier for earlier, later in pairwise(days)}
    after = dict(pairwise(days))
    former = before.get(on)
    then = counts[former] if former else {}
    return render(request, "backoffice/campaign_day.html", {
        "day": on, "choice": choice, "before": former, "after": after.get(on), "batches": batches,
        "stages": [
            (stage, counts[on].get(stage, 0), counts[on].get(stage, 0) - then.get(stage, 0) if former else None)
            for stage in reversed(STACK)
        ] if on in counts else [],
        "due": _due(due),
    })  # fmt: skip


def _due(due: Sequence[DayCount]) -> list[tuple[str, int]]:
    """Return the lines that fall due: a row for each action or, if the law names its stages, for each stage."""
    if any(one.title for one in due):
        return [(say_stage(one.action, one.level, one.title), one.count) for one in due]
    return [
        (str(action.label), sum(one.count for one in due if one.action == action.value))
        for action in Action
        if due
    ]
