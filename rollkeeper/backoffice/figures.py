# SPDX-License-Identifier: EUPL-1.2
"""The campaign's figures as a file: one row for each day, one column for each stage. Only counts, no lines."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rollkeeper.backoffice.batches import authority_to_see
from rollkeeper.backoffice.campaign_choice import campaign_choice
from rollkeeper.campaign.choices import Stage


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Return the lines in each stage, a row for each nightly run, as CSV."""
    authority_to_see(request)
    choice, out = campaign_choice(request), io.StringIO()
    seen, named = choice.overview(), f"-{choice.name}" if choice.offered else ""
    writer = csv.writer(out)
    writer.writerow(["day", *(stage.value for stage in Stage)])
    for day, counts in seen.series if seen else ():
        writer.writerow([day.isoformat(), *(counts.get(stage.value, 0) for stage in Stage)])
    return HttpResponse(
        out.getvalue(), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="campaign{named}.csv"'},
    )  # fmt: skip
