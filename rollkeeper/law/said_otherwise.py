# SPDX-License-Identifier: EUPL-1.2
"""Things that laws ask and for which a pack has no field, and where a pack says them instead.

A field exists only if some code obeys it. All else goes under `declined`, with the reason and the person who answers for it.
"""

from typing import Any, Final

_DECLINED: Final = "say under 'declined' that it is not done"

SAID_OTHERWISE: Final = {
    "supersedes": "a later version of the same id comes after the one before, and no promised day is taken back",
    "court_stays": "enter the stay at the campaign, when the court orders it: its days do not count for anyone",
    "fallback": "list every check: any one will do",
    "match_policy": "a register's check says yes or no; how it compares is its own",
    "on_majority": "'last_day' with 'at_majority: true' and 'after'; a campaign of 'last_day_over' asks such subscribers again",
    "adds": "an extension stops the clock for as long as its reason lasts ('clock_stands_still: true')",
    "until": "a later last day for all is a new version of the pack",
    "after_deadline": f"what people are told when a stage begins is always told; for more {_DECLINED}",
    "reversible_for": "give the end as a stage so many days or months later; in quarantine its former subscriber may have the number back",
    "duty_cycle": f"a stage bars the same at every hour: {_DECLINED}",
    "allow_listed": f"emergency calls, the care number and registration are never barred; for other numbers {_DECLINED}",
    "ussd_register": "registration is never barred ('always_allow')",
    "copy_of_document": "'document_copies' says it for every counter",
    "upload_within": f"an outlet records in the register at once, or sealed without a network: {_DECLINED}",
    "max_age": f"a record is taken as it is shown on the day: {_DECLINED}",
    "grandfather": "'activated_from' at the limit: lines from before that day neither meet it nor count",
    "exemptions": f"a kind that is asked less is a separate kind ('kind_of'); of what no record shows {_DECLINED}",
    "area_codes": "'regions' of the cohort, or of the limit",
    "lines_held_over": "'lines_over' of a cohort with 'registered: true'",
    "flagged_by": f"no one's word about a person starts a clock: {_DECLINED}",
    "circumstances": f"a register of people in need is a danger to them: {_DECLINED}",
    "handed_to": f"a line that another person takes over is transferred: {_DECLINED}",
    "compensation": f"what an operator pays is between it and the person: {_DECLINED}",
    "purge_links": "a number goes to its next subscriber without anything of the one before",
}

_ONCE: Final[dict[str, Any]] = {
    "bound": "inclusive", "purge_links": True, "roaming": "deny", "ussd_register": "allow", "full": False, "recheck_after": False,
    "supersedes": None, "transition": None, "on_majority": None, "duty_cycle": None, "reversible_for": None, "after_deadline": None,
    "adds": None, "until": None, "max_times": None, "issuer": None, "fallback": None, "match_policy": None, "level": None,
    "max_age": None, "on_change": None, "registrant": None, "proof_of_agent": None, "copy_of_document": None, "upload_within": None,
    "delete_local_within": None, "object": None, "compensation": None, "lines_held_over": None,
    "court_stays": (), "exemptions": (), "grandfather": (), "languages": (), "copy_marking": (), "on_fraud": (), "area_codes": (),
    "flagged_by": (), "circumstances": (), "handed_to": (),
}  # fmt: skip
"""Fields of packs up to 0.2.0 that no code obeyed, each with the value that meant the same as leaving it out."""


def without_fields_of_before(part: Any) -> Any:
    """Return a pack's data without fields of earlier versions that had no effect: a pack with such fields could be used, and still can."""
    if isinstance(part, dict):
        return {
            name: without_fields_of_before(value)
            for name, value in part.items()
            if name not in _ONCE or type(value) is not type(_ONCE[name]) or value != _ONCE[name]
        }
    return tuple(map(without_fields_of_before, part)) if isinstance(part, tuple) else part
