# SPDX-License-Identifier: EUPL-1.2
"""Finds what the writer of a pack may have forgotten: texts to fill in, articles, words, cases, people of whom nothing is asked."""

import re
from collections.abc import Iterator
from typing import Final

from rollkeeper.law.calendars import is_known
from rollkeeper.law.campaign_rules import registered_services
from rollkeeper.law.confirmations import NEVER_CONFIRMED, citations
from rollkeeper.law.findings import LawFinding, Weight
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import keeps_until
from rollkeeper.law.strict_yaml import leaf_name

_SHOWN: Final = 6
"""How many names a finding lists."""


def forgotten(pack: Pack) -> Iterator[LawFinding]:
    """Yield what a person should look at again."""
    yield from _articles(pack)
    yield from _sources(pack)
    yield from _words(pack)
    yield from _stages(pack)
    yield from _people(pack)
    yield from _elsewhere(pack)
    yield from _times(pack)


def unfinished(text: str) -> Iterator[LawFinding]:
    """Yield the lines of a pack's text that are still to be filled in."""
    lines = [str(number) for number, line in enumerate(text.splitlines(), 1) if re.search(r"\bTODO\b", line)]
    if lines:
        yield LawFinding(
            Weight.DOUBT,
            "to fill in",
            f"TODO is still in lines {', '.join(lines)}.",
            "Write what the law says there, and take the mark away.",
        )


def _articles(pack: Pack) -> Iterator[LawFinding]:
    file, first = pack.file, pack.file.sources[0].id
    cited = {(because.source or first, because.article) for _, because in citations(file)}
    cited |= {(one.source, one.article) for one in file.declined}
    idle = [
        one.article if one.source == first else f"{one.article} ({one.source})"
        for one in file.articles
        if (one.source, one.article) not in cited
    ]
    if idle:
        yield LawFinding(
            Weight.NOTE,
            "articles",
            f"No value rests on: {', '.join(idle)}.",
            "Leave out what nothing serves; what is not done is said under 'declined', with its article.",
        )


def _sources(pack: Pack) -> Iterator[LawFinding]:
    file, first = pack.file, pack.file.sources[0].id
    read = {one.source for one in file.confirmations}
    for one in file.sources:
        if not one.url and one.rank not in {*NEVER_CONFIRMED, "operator"} and one.id not in read:
            yield LawFinding(Weight.DOUBT, "source", f"The source '{one.id}' has no address and no reader.")
    reported = {one.id for one in file.sources if one.rank in NEVER_CONFIRMED}
    resting = [
        leaf_name(path[:-1]) for path, because in citations(file) if (because.source or first) in reported
    ]
    if resting:
        yield LawFinding(
            Weight.NOTE if file.status == "confirmed" else Weight.DOUBT,
            "source",
            f"No reader can confirm what rests on a source that only reports the law: {_some(resting)}.",
            "Read the official text, name it as a source, and let them rest on its articles.",
        )


def _words(pack: Pack) -> Iterator[LawFinding]:
    silent = [
        leaf_name(path) for path, because in citations(pack.file) if not because.words and because.article
    ]
    if silent:
        yield LawFinding(
            Weight.NOTE,
            "words",
            f"{len(silent)} values do not quote the words that they rest on: {_some(silent)}.",
            "Quote them under 'words', as they are in the article's text.",
        )


def _stages(pack: Pack) -> Iterator[LawFinding]:
    expected = {case.expect for case in pack.file.tests}
    untried = [
        stage.id
        for campaign in pack.file.campaigns
        for stage in campaign.stages
        if pack.file.tests and stage.id not in expected
    ]
    if untried:
        yield LawFinding(
            Weight.DOUBT,
            "tests",
            f"No case expects: {', '.join(untried)}.",
            "Write the last day before it and the day on which it begins, counted by hand.",
        )


def _people(pack: Pack) -> Iterator[LawFinding]:
    kinds = {kind.id: kind for kind in pack.file.party_kinds}
    if "minor" in {kind.kind_of or kind.id for kind in kinds.values()} and "guardian" not in kinds:
        yield LawFinding(
            Weight.DOUBT,
            "people",
            "Minors are registered, and nothing is asked of their guardian.",
            "What the law asks of the guardian is written as the kind 'guardian'.",
        )
    for kind in kinds:
        asked = {one.name for one in pack.said_of(kind, "attributes") if one.required != "forbidden"}
        if "document_number" in asked and "document_type" not in asked:
            yield LawFinding(
                Weight.DOUBT,
                "people",
                f"The number of a document is asked of '{kind}', and not of what document.",
                "Ask document_type as well: a number is checked by its kind of document.",
            )
        methods = {one.method for one in pack.said_of(kind, "verification")}
        if methods == {"biometric"}:
            yield LawFinding(
                Weight.DOUBT,
                "people",
                f"Of '{kind}' an identity is verified by biometrics alone: who has none that can be read could not register.",
                "Name a further check that the law allows, such as sight: any one will do.",
            )


def _elsewhere(pack: Pack) -> Iterator[LawFinding]:
    """Yield what is about another country or about other lines than the law."""
    country, holidays = pack.file.jurisdiction.partition("-")[0], pack.file.calendar.holidays.country
    if pack.duty and holidays != country and is_known(country):
        yield LawFinding(
            Weight.DOUBT,
            "calendar",
            f"The law is of {country}, and its holidays are those of {holidays}: people could lose service on a day when counters are shut.",
            f"Write 'country: {country}' under 'calendar.holidays'.",
        )
    registered = registered_services(pack.file)
    for campaign in pack.file.campaigns:
        others = [one for one in campaign.cohort.when.services if one not in registered]
        if others:
            yield LawFinding(
                Weight.DOUBT,
                "services",
                f"Campaign '{campaign.id}' names services of which no line has to be registered, and takes none of them: {', '.join(others)}.",
                "Name them under 'scope.services' too, if the law has them registered.",
            )


def _times(pack: Pack) -> Iterator[LawFinding]:
    """Yield days that a pack may hold but that contradict each other, or leave no time to undo a mistake."""
    valid, said = pack.file.valid, list[str]()
    if valid.ends and valid.ends < valid.begins:
        said.append(f"The law ends on {valid.ends}, before it begins: it is never in force.")
    if valid.prepares and valid.prepares.first > valid.begins:
        said.append(f"The operator prepares from {valid.prepares.first}, after the law began.")
    if pack.duty and not pack.unsupported_fields:
        said += _times_of_numbers(pack) if any(one.campaign.end for one in pack.campaigns) else ()
        said += [sentence for one in pack.campaigns for sentence in _times_of_campaign(one)]
    yield from (
        LawFinding(Weight.DOUBT, "days", sentence, "Compare the days with the text.") for sentence in said
    )


def _times_of_numbers(pack: Pack) -> Iterator[str]:
    """Yield what would prevent an undo after a campaign ended a contract wrongly."""
    over = pack.file.valid.begins
    rests = pack.number_quarantine.last_day(over)
    if rests == over:
        yield "A number goes to the next person at once: a contract that was ended wrongly does not come back."
    elif keeps_until(pack, over) < rests:
        yield "A record is erased while its number rests: a contract that was ended wrongly comes back without its subscriber."


def _times_of_campaign(pack: Pack) -> Iterator[str]:
    rules, begins = pack.campaign, pack.file.valid.begins
    if rules.activated_from >= rules.activated_before:
        yield f"Campaign '{rules.campaign_id}' concerns no line: none is activated from {rules.activated_from} and before {rules.activated_before}."
    if rules.last_day_on < begins:
        yield (
            f"The last day of campaign '{rules.campaign_id}', {rules.last_day_on}, lies before the law begins: everyone is told late,"
            f" and has {_days(rules.least_days)}."
        )
    late = [days for days in pack.reminders if days >= rules.least_days]
    if late:
        yield (
            f"A reminder comes {late[0]} days before the last day of campaign '{rules.campaign_id}', and some have"
            f" {_days(rules.least_days)} in all: they get {late[0]} from the reminder."
        )


def _days(number: int) -> str:
    from rollkeeper.kernel.console import (
        counted,
    )  # imported late: it draws on a terminal, and the law page needs this file

    return counted(number, "day", "days")


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" and more" if len(names) > _SHOWN else "")
