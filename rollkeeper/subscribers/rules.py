# SPDX-License-Identifier: EUPL-1.2
"""How many lines one person may hold, where a law sets a limit."""

from rollkeeper.law.rules import Allowed, Decision, Refused


def may_hold_another(*, held: int, limit: int | None, article: str) -> Decision:
    """Decide whether a person may have one more line. Without a limit in the pack everyone may."""
    if limit is None or held < limit:
        return Allowed()
    return Refused(
        article=article,
        reason=f"The law allows {limit} lines to one subscriber.",
        remedy="End or transfer one of them, or say which of them are not yours.",
    )
