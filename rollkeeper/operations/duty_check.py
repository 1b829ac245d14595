# SPDX-License-Identifier: EUPL-1.2
"""Checks what the law asks of the operator itself: people notified in time, lines with identity, copies of documents kept.

It also looks for regions that the law names and no line here can have: a limit for them would never apply, without any warning.
"""

from collections.abc import Iterator
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.packs import load_pack
from rollkeeper.law.schema import PackFile
from rollkeeper.lines.regions import unknown_regions
from rollkeeper.operations.findings import Finding, Health
from rollkeeper.reporting.duties import campaign_of_figure, count_duties

_OF_DUTIES: Final = {
    "without_identity": "Lines put into service since the law began that have no registered subscriber",
    "without_copy": "Records made since the law has copies kept that lack the copy of the document",
    "told_late": "Lines of the campaign told after the operator's own day, each with the whole time from then on",
    "not_told": "Lines of the campaign not told yet",
}


def look_at_the_duties() -> Iterator[Finding]:
    """Yield the duties of the operator itself that are not done; no subscriber loses service by them."""
    today, law = clock.today(), load_pack(instance().pack)
    if law.unsupported_fields or not may_act(law, Act.COLLECT, on=today):
        return
    for what, lines in count_duties(today).items():
        figure, campaign = campaign_of_figure(what)
        told_before = (law.of(campaign) if campaign else law).told_before
        is_early = figure == "not_told" and told_before is not None and today < told_before[0]
        if lines and figure in _OF_DUTIES and not is_early:
            said = _OF_DUTIES[figure].replace(
                "the campaign", f"the campaign {campaign}" if campaign else "the campaign"
            )
            yield Finding("", Health.WARNING, f"{said}: {lines:,}.", "See 'rollkeeper reports duties'.")


def look_at_the_regions() -> Iterator[Finding]:
    """Yield the regions that the law in use names, but no line and no prefix of numbers has."""
    pack = load_pack(instance().pack)
    if unknown := unknown_regions(_named_in(pack.file)):
        yield Finding(
            "",
            Health.WARNING,
            f"The rule pack {pack.id} names regions that no line has and no number gives ({', '.join(unknown)}): what it says of them applies to no line.",
            "Add them to the setting 'lines.region_prefixes' or to the file of lines, spelled as in the pack.",
        )


def _named_in(law: PackFile) -> set[str]:
    limits = [limit.regions for limit in law.limits]
    cohorts = [campaign.cohort.when.regions for campaign in law.campaigns]
    phases = [phase.cohort.regions for campaign in law.campaigns for phase in campaign.phases]
    return {region for regions in limits + cohorts + phases for region in regions}
