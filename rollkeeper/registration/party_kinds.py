# SPDX-License-Identifier: EUPL-1.2
"""The kinds of subscriber that a law has: the kinds of every law, and the kinds that its pack adds. Each added kind belongs to one of the first.

An added kind decides what is asked and accepted while a form or a file is read. The register stores the kind to which it belongs.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from rollkeeper.law.pack import Pack
from rollkeeper.subscribers.choices import PartyKind


@dataclass(frozen=True, slots=True)
class KindOfParty:
    """A kind of every law, or one that the pack adds."""

    built_in: PartyKind
    added: str | None = None

    @property
    def id(self) -> str:
        """Return the word for it in a pack, a form and a file."""
        return self.added or self.built_in.value


def kind_named(name: str, pack: Pack) -> KindOfParty | None:
    """Return a kind by its word; None if the law has no such kind."""
    if name in set(PartyKind):
        return KindOfParty(PartyKind(name))
    of = pack.added_kinds.get(name)
    return KindOfParty(PartyKind(of), name) if of in set(PartyKind) else None


def kind_names(pack: Pack) -> tuple[str, ...]:
    """Return the words of all kinds that a law has."""
    return (*PartyKind.values, *pack.added_kinds)


def kinds_offered_remotely(pack: Pack) -> list[str]:
    """Return the kinds of single persons who may register remotely: the kinds for which staff need not look at a document."""

    def is_offered(kind: str) -> bool:
        rule = pack.last_day(kind)
        return not (rule and rule.is_read) and not any(one.is_looked_over for one in pack.documents(kind))

    added = [kind for kind, of in pack.added_kinds.items() if of == PartyKind.INDIVIDUAL and is_offered(kind)]
    return [PartyKind.INDIVIDUAL.value, *added]


def labelled_kinds(pack: Pack) -> list[tuple[str, Any]]:
    """Return all kinds that a law has with their names, in the reader's language."""
    language = get_language() or "en"
    return [*PartyKind.choices, *((name, pack.kind_label(name, language)) for name in pack.added_kinds)]
