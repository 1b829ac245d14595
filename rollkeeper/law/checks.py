# SPDX-License-Identifier: EUPL-1.2
"""Says what can be done with a pack, what cannot, and what its writer may have forgotten."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.cases import cases_not_run
from rollkeeper.law.confirmations import citations, outdated
from rollkeeper.law.countries import country_of, own_country, own_file
from rollkeeper.law.features import features_missing
from rollkeeper.law.findings import LawFinding, Weight
from rollkeeper.law.forgotten import forgotten
from rollkeeper.law.layers import lower_layers
from rollkeeper.law.pack import Pack
from rollkeeper.law.strict_yaml import leaf_name

_NOT_IN_FORCE: Final = {
    "draft": "It is a draft: it is shown and simulated, and no one is registered, told or cut by it.",
    "struck_down": "It was struck down: nothing is collected, planned, told, cut or disclosed by it.",
    "suspended_by_court": "A court stays it: nothing is collected, planned, told, cut or disclosed by it.",
}
_AFTER_A_LAW: Final = (
    "Stop collecting: choose the pack of the law in force ('none' where there is none). See which records go, and when, with "
    "'rollkeeper retention plan'; close the campaign; tell the authorities that disclosure is closed."
)


def check_pack(pack: Pack, *, on: dt.date) -> list[LawFinding]:
    """Return every finding, the gravest first."""
    found = [
        *_status(pack),
        *_features(pack),
        *_acts(pack, on),
        *_readings(pack),
        *_cases(pack),
        *_country(pack),
        *forgotten(pack),
    ]
    found += [*_open(pack), *_declined(pack), *_layers(pack)]
    return sorted(found, key=lambda one: list(Weight).index(one.weight))


def _status(pack: Pack) -> Iterator[LawFinding]:
    said = _NOT_IN_FORCE.get(pack.file.status)
    if said:
        remedy = (
            _AFTER_A_LAW if pack.file.status == "struck_down" else "Use it for 'simulate' and 'law show'."
        )
        yield LawFinding(Weight.STOPS, "status", said, remedy)


def _features(pack: Pack) -> Iterator[LawFinding]:
    for feature, fields in features_missing(pack).items():
        yield LawFinding(
            Weight.STOPS,
            "feature",
            f"{feature}: nothing here supports {', '.join(fields)}.",
            "Take it out of its chapter and say under 'declined' that it is not done, or use a version of Rollkeeper that supports it.",
        )


def _acts(pack: Pack, on: dt.date) -> Iterator[LawFinding]:
    """Say which acts the pack does not allow on a day, each reason once."""
    if pack.file.status != "confirmed" or pack.unsupported_fields:
        return
    refused: dict[str, tuple[list[str], str]] = {}
    for act in Act:
        if not pack.duty or (
            not pack.has_campaign and act in {Act.PLAN, Act.NOTIFY, Act.SUSPEND, Act.TERMINATE}
        ):
            continue
        try:
            require_act(pack, act, on=on)
        except RollkeeperError as why:
            acts, _ = refused.setdefault(str(why).replace(f"'{act.value}'", "…"), ([], why.advice))
            acts.append(act.value)
    # Before a law begins, the operator prepares: it is no fault of the instance that the law does not act yet.
    weight = Weight.DOUBT if on < pack.file.valid.begins else Weight.STOPS
    for sentence, (acts, advice) in refused.items():
        yield LawFinding(weight, "act", sentence.replace("…", ", ".join(acts)), advice)


def _readings(pack: Pack) -> Iterator[LawFinding]:
    for one in outdated(pack.file):
        yield LawFinding(
            Weight.DOUBT,
            "confirmation",
            f"{one.confirmation.reader} read the source '{one.confirmation.source}' on {one.confirmation.read_on};"
            f" {one.what} changed since, so it confirms nothing.",
            "Read it again: 'rollkeeper law confirm'.",
        )
    doubtful = [leaf_name(path[:-1]) for path, because in citations(pack.file) if not because.confirmed]
    if doubtful:
        yield LawFinding(
            Weight.NOTE if pack.file.status == "confirmed" else Weight.DOUBT,
            "unconfirmed",
            f"Not confirmed ({len(doubtful)}): {', '.join(doubtful[:6])}{' and more' if len(doubtful) > 6 else ''}.",
            "They act on no one until a named reader confirms them: 'rollkeeper law confirm'.",
        )


def _cases(pack: Pack) -> Iterator[LawFinding]:
    left, all_cases = cases_not_run(pack), len(pack.file.tests)
    if left:
        yield LawFinding(
            Weight.DOUBT,
            "tests",
            f"{len(left)} of its {all_cases} cases could not be run, since they need what nothing here supports: {', '.join(left)}.",
        )
    elif not all_cases:
        yield LawFinding(
            Weight.DOUBT,
            "tests",
            "It has no cases.",
            "Write the days that the law gives, by hand.",
        )


def _country(pack: Pack) -> Iterator[LawFinding]:
    code = pack.file.jurisdiction.partition("-")[0]
    try:
        own_country(pack.file.jurisdiction)
    except RollkeeperError as fault:
        yield from (
            LawFinding(Weight.DOUBT, "country", str(one), one.advice)
            for one in getattr(fault, "faults", (fault,))
        )
    if pack.duty and country_of(pack.file.jurisdiction) is None:
        yield LawFinding(
            Weight.DOUBT,
            "country",
            f"The country {code} has no file: its emergency numbers and documents are not known, and no line is barred.",
            f"Write {own_file(code)}: 'rollkeeper law schema --country' prints what it can hold.",
        )


def _open(pack: Pack) -> Iterator[LawFinding]:
    for one in pack.file.open_questions:
        yield LawFinding(Weight.NOTE, "open question", f"{one.leaf}: {one.chosen}. {one.why}")


def _declined(pack: Pack) -> Iterator[LawFinding]:
    for one in pack.file.declined:
        # What only a survey reports has a name in place of a number.
        article = f"Article {one.article}" if one.article[0].isdigit() else one.article.capitalize()
        yield LawFinding(
            Weight.NOTE,
            "declined",
            f"{article}, {one.what['en']}: declined. {one.why['en']} {one.answers} answers.",
        )


def _layers(pack: Pack) -> Iterator[LawFinding]:
    for one in lower_layers(pack):
        below = f", and says nothing of its {', '.join(one.only_below)}" if one.only_below else ""
        yield LawFinding(
            Weight.NOTE,
            "layers",
            f"It lies over {one.pack.id}, differs from it in {len(one.differs)} values{below}.",
        )
