# SPDX-License-Identifier: EUPL-1.2
"""The language in which a command answers: the terminal's, where the pages have it too; else English.

Only what people read in the terminal is translated. A program that asks with `--json` and processes that run in the background
stay in English, and texts that are written for others have their own language.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import DatabaseError
from django.utils.translation import activate

from rollkeeper.kernel.accepted_languages import is_spoken
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.side_by_side import CHINESE, ENGLISH, TIBETAN

_BY_LOCALE: Final = {
    "zh_CN": CHINESE,
    "zh_SG": CHINESE,
    "zh": CHINESE,
    "bo": TIBETAN,
    "bo_CN": TIBETAN,
    "bo_IN": TIBETAN,
}
_IN_ENGLISH: Final = frozenset({"setup", "serve", "worker", "demo"})
"""Commands that make content or run processes, and choose a language for each text. Only their help and why they end is for the terminal."""

_HELP: Final = frozenset({"--help", "-h"})


def terminal_language(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the terminal by the first of LC_ALL, LC_MESSAGES and LANG that is set, or English."""
    given = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return _BY_LOCALE.get(given.partition(".")[0].partition("@")[0], ENGLISH)


def speak_as_the_terminal(words: Sequence[str], *, is_over: bool = False) -> bool:
    """Answer the command with these words in the terminal's language, if this instance offers it.

    `is_over`: the command only says why it ends. If the instance cannot be asked, it says so in the terminal's language and in English;
    return whether that is so.
    """
    language = terminal_language()
    if (
        language == ENGLISH
        or "--json" in words
        or not (is_over or _IN_ENGLISH.isdisjoint(words[:1]) or not _HELP.isdisjoint(words))
    ):
        return False
    is_offered = _is_offered(language)
    if is_offered or (is_offered is None and is_over):
        activate(language)
    return is_offered is None and is_over


def _is_offered(language: str) -> bool | None:
    """Tell whether this instance speaks a language to people; None where neither settings nor register can be asked."""
    try:
        return is_spoken(language)
    except (DatabaseError, RollkeeperError):  # the command itself says what is wrong
        return None
