# SPDX-License-Identifier: EUPL-1.2
"""The kinds of document that forms offer: those of the country of the instance's law, by their names there.

Every other known kind is accepted too. The same rules check its number, whether or not a form offers the kind.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import get_language

from rollkeeper.documents import verdicts
from rollkeeper.documents.choices import DocumentType
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.countries import country_of
from rollkeeper.law.kinds import AcceptedDocument
from rollkeeper.law.packs import load_pack

_ALWAYS: Final = (DocumentType.PASSPORT, DocumentType.OTHER)
_NAMED_BY_THE_LIST: Final = "CN"
"""The country whose documents `DocumentType` itself names, in all languages."""


def offered_types() -> list[tuple[str, Any]]:
    """Return each kind with its name, in the order of the country file; passports of any state and other documents always."""
    country = country_of(load_pack(instance().pack).file.jurisdiction)
    if country is None or country.country == _NAMED_BY_THE_LIST:
        return [(str(value), label) for value, label in DocumentType.choices]
    names: dict[str, list[str]] = {}
    for one in country.documents:
        said, _ = text_in(get_language() or "en", one.name)
        names.setdefault(one.type, []).append(said)
    found: list[tuple[str, Any]] = [
        (kind, " / ".join(said)) for kind, said in names.items() if kind != verdicts.OTHER
    ]
    offered = {kind for kind, _ in found}
    found += [(one.value, one.label) for one in _ALWAYS if one.value not in offered]
    if others := names.get(verdicts.OTHER):
        found[-1] = (verdicts.OTHER, f"{DocumentType.OTHER.label}: {' / '.join(others)}")
    return found


def accepted_types(accepted: Sequence[AcceptedDocument]) -> list[tuple[str, Any]]:
    """Return those of the offered kinds that a law accepts from a kind of party."""
    return [(kind, label) for kind, label in offered_types() if any(one.covers(kind) for one in accepted)]


def is_offered(kind: str) -> bool:
    """Tell whether a kind can be chosen in a form."""
    return any(kind == one for one, _ in offered_types())
