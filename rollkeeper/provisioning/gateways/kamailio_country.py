# SPDX-License-Identifier: EUPL-1.2
"""Writes the part of Kamailio's configuration that differs by country: emergency numbers, and how numbers are spelled.

`ops/kamailio/country.cfg` is its text for the reference pack. It holds no backslash, since Kamailio reads some of it as a plain text
and some as a pattern.
"""

from collections.abc import Sequence
from typing import Final

from rollkeeper.law.countries import Country, NumberPlan

_NAMES: Final = "^(emergency|sos)$"
"""What a switch sends for an emergency call without dialled digits (osmo-sip-connector: emergency)."""


def country_config(country: Country) -> str:
    """Return the text of ``country.cfg`` for a country. Precondition: it has emergency numbers."""
    plan = country.number_plan
    emergency = [one.number for one in country.emergency_numbers]
    reachable = [one.number for one in country.reachable_numbers]
    defined = {
        "RK_EMERGENCY": f"{_dialled(plan, emergency)}|{_NAMES}",
        # Without a plus it may also be a local number: it is an emergency call if the caller could not call that number.
        "RK_EMERGENCY_PERHAPS": _perhaps(plan, emergency),
        "RK_REACHABLE": _dialled(plan, reachable) if reachable else None,
        "RK_INTERNATIONAL": f"^{_code(plan)}{_trunk(plan)}{_digits(plan)}$",
        "RK_NATIONAL": f"^{plan.trunk_prefix}{_digits(plan)}$" if plan.trunk_prefix else None,
        "RK_WITHOUT_TRUNK": _whole(plan.dialled_without_trunk),
        "RK_WITHIN_AREA": _whole(plan.dialled_within_area),
    }
    put_in = {
        "RK_PLUS_CODE": f"+{plan.calling_code}",
        "RK_CODE_PREFIX": f"^{_code(plan)}",
        "RK_COUNTRY_PREFIX": f"^{_code(plan)}{_trunk(plan)}",
        "RK_AREA_PREFIX": _area_prefix(plan),
        "RK_TRUNK_PREFIX": f"^{plan.trunk_prefix or ''}",
    }
    return "\n".join(
        [
            "# SPDX-License-Identifier: EUPL-1.2",
            f"# Written by 'rollkeeper provisioning kamailio' for {country.name['en']}: write it again where the pack has changed.",
            "#",
            *(f"# {one.number}: {one.what['en']}" for one in country.emergency_numbers),
            *(f"# {one.number}: {one.what['en']} (kept reachable)" for one in country.reachable_numbers),
            *(f'#!define {name} "{text}"' for name, text in defined.items() if text),
            *(f'#!substdef "!{name}!{text}!g"' for name, text in put_in.items()),
            "",
        ]
    )


def _code(plan: NumberPlan) -> str:
    return f"([+]|{'|'.join(plan.international_prefixes)})?{plan.calling_code}"


def _trunk(plan: NumberPlan) -> str:
    return f"{plan.trunk_prefix}?" if plan.trunk_prefix else ""


def _digits(plan: NumberPlan) -> str:
    return f"[1-9][0-9]{{{plan.digits.least - 1},{plan.digits.most - 1}}}"


def _dialled(plan: NumberPlan, numbers: Sequence[str]) -> str:
    """Return the pattern of short numbers, with or without plus, country code, area code and final hash."""
    plus, code = f"([+]|{'|'.join(plan.international_prefixes)})", plan.calling_code
    short = "|".join(numbers)
    if plan.area_codes is None:
        return f"^({plus}({code})?)?({short})#?$"
    area = f"({plan.area_codes})"
    return f"^({plus}({code}({_trunk(plan)}{area})?)?|{code}|{plan.trunk_prefix or ''}{area})?({short})#?$"


def _perhaps(plan: NumberPlan, numbers: Sequence[str]) -> str:
    area = f"{_trunk(plan)}({plan.area_codes})" if plan.area_codes else ""
    return f"^{plan.calling_code}{area}({'|'.join(numbers)})#?$"


def _area_prefix(plan: NumberPlan) -> str:
    if plan.area_codes is None:
        return f"^{_code(plan)}"
    return f"^({_code(plan)}{_trunk(plan)}|{plan.trunk_prefix or ''})({plan.area_codes})"


def _whole(pattern: str | None) -> str | None:
    return f"^({pattern})$" if pattern else None
