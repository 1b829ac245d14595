# SPDX-License-Identifier: EUPL-1.2
"""The reference pack with other stages."""

from tests.builders.packs import REFERENCE

BARS = (
    ("no_calls_out", "{voice_in: allow, sms_in: allow, data: allow}"),
    ("no_calls", "{data: allow}"),
    ("no_calls_still", "{data: allow}"),
    ("no_service", "{}"),
)


class Months(int):
    """So many calendar months between two stages; if the last day does not exist, they end on the first of the next month."""

    overflows = True


class MonthsToLast(Months):
    """The same, but they end on the last day of the month instead."""

    overflows = False


def in_months(text: str, *lengths: int) -> str:
    """Return a pack's text with the calendar rule of these months."""
    rules = {one.overflows for one in lengths if isinstance(one, Months)}
    assert len(rules) <= 1
    rule = "first_of_next" if True in rules or not rules else "last_day_of_month"
    changed = text.replace("month_overflow: first_of_next", f"month_overflow: {rule}", 1)
    assert f"month_overflow: {rule}" in changed
    return changed


FIVE = (20, 15, 10, 30)
"""The days from each of four bars to the next stage; the last stage is the termination."""


def staged(*days: int, ends: bool = True, bars: tuple[tuple[str, str], ...] = BARS) -> str:
    """Return the reference pack's text with these days or `Months` between stages; the last stage is the termination if `ends`."""
    chosen = [*bars[: len(days)], ("terminated", "")] if ends else list(bars[: len(days) + 1])
    stages = "".join(
        _stage(name, number, chosen[number - 1][0] if number else "deadline", (0, *days)[number], services,
               last=number == len(days) and not ends)
        for number, (name, services) in enumerate(chosen)
    )  # fmt: skip
    first = REFERENCE.index("    stages:\n") + len("    stages:\n")
    behind, cases = REFERENCE.index("    extensions:\n"), REFERENCE.index("\ntests:")
    return f"{REFERENCE[:first]}{stages}{REFERENCE[behind:cases]}{REFERENCE[REFERENCE.index(chr(10) + 'open_questions:') :]}"


def asking_again(
    text: str = REFERENCE, *, before: str = "2011-06-30", assurances: str = "", last_day: bool = False, kinds: str = "", lines_over: int = 0
) -> str:  # fmt: skip
    """Return a pack's text with a campaign in which registered subscribers verify their registration again."""
    narrowed = [f"registered_before: {before}"] if before else []
    narrowed += [f"assurance: [{assurances}]"] if assurances else []
    narrowed += ["last_day_over: true"] if last_day else []
    narrowed += [f"lines_over: {lines_over}"] if lines_over else []
    narrowed += [f"party_kinds: [{kinds}]"] if kinds else []
    changed = text.replace("registered: false", f"registered: true, {', '.join(narrowed)}", 1)
    assert changed != text
    cases = changed.find("\ntests:")
    return changed if cases < 0 else changed[:cases] + changed[changed.index("\nopen_questions:") :]


def reducing(over: str = "choose_keep", n: int = 2) -> str:
    """Return a pack's text by which a person may have so many lines, and a person with more is asked which to keep."""
    limit = (
        f"{{what: lines, group: person, scope: operator, kind: stock, n: {n}, over: {over}, existing_lines: must_reduce,"
        " because: {article: 2 ¶1}}"
    )
    text = asking_again(before="", lines_over=n, kinds="individual, minor")
    whole = text.replace(", services: [mobile, data_card, fixed_line]}", "}", 1)
    whole = whole.replace("activated_before: 2012-01-01", "activated_before: 2030-01-01", 1)
    assert whole != text
    return whole.replace("\nretention:", f"\nlimits:\n  - {limit}\nretention:", 1)


def _stage(name: str, number: int, after: str, days: int, services: str, *, last: bool) -> str:
    how = (
        f"reversible: true, on_registered: active, services: {services}"
        if services
        else "reversible: false, number: quarantine"
    )
    ends = "last: true, " if last else ""
    return (
        f"      - {{id: {name}, rank: {number + 1}, enter: {{after: {after}, plus: {{n: {int(days)}, unit: {'month' if isinstance(days, Months) else 'day'}}}}}, {how}, {ends}"
        'always_allow: [emergency, operator_care, registration], because: {article: "3"}}\n'
    )


EARLY = "id: early, cohort: {services: [mobile, data_card]}"
LATE = (
    "id: late, cohort: {services: [data_card, fixed_line]}, deadline: {base: 2012-04-01, not_before_notice: true, after: {n: 90, unit: day},"
    ' because: {article: "3"}}'
)
"""Two phases of the reference campaign: telephones have its own days, other lines later ones; a data card fits both phases."""


def named(text: str) -> str:
    """Return a pack's text in which the first two bars have a name, the second only in Chinese."""
    changed = text.replace(
        "id: no_calls_out,", "id: no_calls_out, title: {en: Outgoing bar, zh-hans: 限制呼出},", 1
    )
    changed = changed.replace("id: no_calls,", "id: no_calls, title: {zh-hans: 双向限制},", 1)
    assert changed.count("title: {") >= text.count("title: {") + 2
    return changed


def phased(*phases: str, text: str = REFERENCE) -> str:
    """Return a pack's text whose campaign has these phases, without its cases."""
    written = "".join(f'      - {{{one}, because: {{article: "3"}}}}\n' for one in phases)
    changed = text.replace("    deadline:\n", f"    phases:\n{written}    deadline:\n", 1)
    assert changed != text
    cases = changed.find("\ntests:")
    return changed if cases < 0 else changed[:cases] + changed[changed.index("\nopen_questions:") :]
