# SPDX-License-Identifier: EUPL-1.2
"""The commands `law …`: list, show, check, test, compare, scaffold and confirm rule packs. None needs an instance, except to count its lines."""

import datetime as dt
import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import override

from rollkeeper.kernel import clock
from rollkeeper.kernel.console import JsonOption, counted, emit, err, out, progress, read_date, show_table
from rollkeeper.kernel.extras import needs_extra
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.side_by_side import CHINESE, ENGLISH, TIBETAN, as_html, as_plain_text
from rollkeeper.law.cases import cases_not_run, traced_cases
from rollkeeper.law.checks import check_pack
from rollkeeper.law.choices import Engine
from rollkeeper.law.confirmations import with_reading, write_confirmations
from rollkeeper.law.countries import Country
from rollkeeper.law.errors import PACK_ID_UNUSABLE, PACK_IS_SHIPPED, PACK_NOT_WRITTEN, SOURCE_NOT_CONFIRMABLE
from rollkeeper.law.features import (
    DeclinedLeaf,
    UnconfirmedSource,
    declined_leaves,
    features_missing,
    unconfirmed_sources,
)
from rollkeeper.law.findings import Weight
from rollkeeper.law.forgotten import unfinished
from rollkeeper.law.form_summary import form_summaries, line_summary
from rollkeeper.law.packs import load_pack, pack_bytes, shipped_packs
from rollkeeper.law.page import law_page
from rollkeeper.law.page_wording import LAW_WORDING
from rollkeeper.law.register_histories import REGISTER_HISTORIES
from rollkeeper.law.scaffold import Shape, is_pack_id, scaffold
from rollkeeper.law.schema import PackFile
from rollkeeper.law.strict_yaml import read_strict

if TYPE_CHECKING:
    from rollkeeper.law.diff import ChangedLeaf, ChangedOutcomes

LANGUAGES = (ENGLISH, CHINESE, TIBETAN)

PackArgument = Annotated[str, typer.Argument(metavar="PACK", help="A shipped pack or the path of one.")]
DayOption = Annotated[
    dt.date | None, typer.Option("--on", parser=read_date, metavar="DATE", help="As of this day, by default today.")
]  # fmt: skip

FromRegisterOption = Annotated[
    bool,
    typer.Option(
        "--from-register",
        help="Instead of a file: the lines of this instance, each subscriber notified on the first day.",
    ),
]


def register_group(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Rule packs: what they say, whether they hold, who confirmed them, which was in force.",
    )
    for name, command in (
        ("list", list_packs), ("show", show), ("check", check), ("test", run_cases), ("diff", diff), ("new", new),
        ("confirm", confirm), ("schema", schema),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="law")


class Listed(StrEnum):
    """What a list of the shipped packs is about."""

    PACKS = "packs"
    DECLINED = "declined"
    UNCONFIRMED = "unconfirmed"


def list_packs(
    what: Annotated[
        Listed,
        typer.Option(
            "--what",
            help="The packs; what each declines, and why; or the sources that no reader confirmed, with how many values rest on each.",
        ),
    ] = Listed.PACKS,
    as_json: JsonOption = False,
) -> None:
    """List the shipped packs: the law, its status, what is missing before it can be used, and its emergency numbers.

    Example: rollkeeper law list --json

    Example: rollkeeper law list --what declined
    """
    if what is not Listed.PACKS:
        packs = map(load_pack, shipped_packs())
        found: list[DeclinedLeaf] | list[UnconfirmedSource] = (
            list(declined_leaves(packs)) if what is Listed.DECLINED else list(unconfirmed_sources(packs))
        )
        if as_json:
            emit([asdict(one) for one in found])
        elif found:
            shown = [tuple(str(value) for value in asdict(one).values()) for one in found]
            show_table(what.value.capitalize(), tuple(asdict(found[0])), shown)
        return
    rows = [
        {
            "id": pack.id,
            "jurisdiction": pack.file.jurisdiction,
            "status": pack.file.status,
            "features_missing": list(features_missing(pack)),
            "emergency_numbers": list(pack.emergency_numbers()) if pack.has_emergency_numbers else [],
        }
        for pack in map(load_pack, shipped_packs())
    ]
    if as_json:
        emit(rows)
        return
    show_table(
        "Shipped packs",
        ("pack", "jurisdiction", "status", "missing here", "emergency numbers"),
        [(r["id"], r["jurisdiction"], r["status"], ", ".join(r["features_missing"]) or "nothing", " ".join(r["emergency_numbers"])) for r in rows],
    )  # fmt: skip


def show(
    pack: PackArgument,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE.html", help="Write the page to a file, to print.")
    ] = None,
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="en, zh-hans or bo.")] = "en",
    on: DayOption = None,
) -> None:
    """Show a law on one page: each article with the values that rest on it, the form, the days, what is declined, the open questions.

    Example: rollkeeper law show cn-xz-2011 --html law.html
    """
    law = load_pack(pack)
    known = {*LANGUAGES, *law.file.title, *(code for one in law.file.articles for code in one.text)}
    if language not in known:
        raise typer.BadParameter(f"choose one of {', '.join(sorted(known))}.", param_hint="'--language'")
    # English needs no catalogue; a language that only the pack has gets English headings.
    is_translated = language in LANGUAGES and language != ENGLISH
    with override(language if is_translated else ENGLISH):
        wording = LAW_WORDING.only()() if is_translated else None
        page = law_page(law, language=language, on=on or clock.today(), wording=wording)
        written = as_html(page) if html else as_plain_text(plain_text(page))
    if html is None:
        out.print(written, markup=False)
        return
    head = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{law.id}</title><body>'
    write_atomically(html, f"{head}{written}</body></html>\n".encode(), mode=0o644)


def plain_text(page: str) -> str:
    """Return a page without its HTML tags: each heading and item on its own line."""
    from html import unescape
    from re import sub

    spaced = sub(r"<h[123][^>]*>", "\n", sub(r"<li>", "  - ", page))
    return unescape(
        sub(r"\n{3,}", "\n\n", sub(r"<[^>]+>", "", sub(r"</(h[123]|li|p|blockquote|summary)>", "\n", spaced)))
    ).strip()


def check(pack: PackArgument, on: DayOption = None, as_json: JsonOption = False) -> None:
    """Say which acts a pack supports and which not, and what its writer may have forgotten.

    Exit code 1 if the pack does not support every act; 2 if it has faults and does not load.

    Example: rollkeeper law check my-law.yaml
    """
    law = load_pack(pack)
    found = sorted(
        [*check_pack(law, on=on or clock.today()), *unfinished(pack_bytes(pack).decode())],
        key=lambda one: list(Weight).index(one.weight),
    )
    if as_json:
        emit([asdict(one) for one in found])
    else:
        show_table(
            f"{law.id}, version {law.file.version}",
            ("weight", "topic", "finding", "what to do"),
            [(one.weight.value, one.topic, one.sentence, one.remedy) for one in found],
        )
    if any(one.weight is Weight.STOPS for one in found):
        raise typer.Exit(1)


def run_cases(
    pack: PackArgument,
    trace: Annotated[
        bool,
        typer.Option("--trace", help="Show how each case was counted, and the days on either side of it."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Run a pack's own cases, and show the form of each kind of party; with --trace, say how each case was counted, and its state on the day before and the day after.

    Cases that need an unsupported value are listed. Exit code 1 if a case fails (the pack does not load).

    Example: rollkeeper law test cn-xz-2011 --trace
    """
    law = load_pack(pack)
    left = cases_not_run(law)
    rows = traced_cases(law) if trace else ()
    if as_json:
        emit(
            {
                "cases": len(law.file.tests),
                "not_run": list(left),
                "forms": [asdict(one) for one in form_summaries(law)],
                "line": line_summary(law),
                "trace": [asdict(one) for one in rows],
            }
        )
        return
    out.print(f"{len(law.file.tests) - len(left)} of {len(law.file.tests)} cases hold.")
    for name in left:
        err.print(f"Not run, since it needs what nothing here supports: {name}")
    for form in form_summaries(law):
        out.print(f"Asked of {form.sentence}.")
    if of_line := line_summary(law):
        out.print(f"Asked of a {of_line}.")
    for one in rows:
        out.print(
            f"{one.name}: the day before {one.day_before}, on {one.on} {one.stage}, the day after {one.day_after}"
        )
        for sentence in one.counted:
            out.print(f"    {sentence}")


def diff(
    former: Annotated[str, typer.Argument(metavar="FORMER", help="The pack as it was.")],
    latter: Annotated[str, typer.Argument(metavar="LATTER", help="The pack as it is to be.")],
    events: Annotated[
        Path | None,
        typer.Option(
            "--events",
            metavar="EVENTS.csv",
            help="Histories of lines, as for 'simulate': how many gain or lose days.",
        ),
    ] = None,
    first: Annotated[
        dt.date | None,
        typer.Option("--from", parser=read_date, metavar="DATE", help="First day; needed with --events."),
    ] = None,
    last: Annotated[
        dt.date | None,
        typer.Option("--to", parser=read_date, metavar="DATE", help="Last day; needed with --events."),
    ] = None,
    from_register: FromRegisterOption = False,
    engine: Annotated[Engine, typer.Option(help="Which engine counts, or both to compare them.")] = (
        Engine.RULES
    ),
    as_json: JsonOption = False,
) -> None:
    """Compare two packs value by value; with histories of lines, say how many people gain or lose days.

    Exit code 1 if anyone loses a day: a promised day is never shortened, but a subscriber who was not notified has no promise yet.

    Example: rollkeeper law diff cn-xz-2011 my-law.yaml --from-register --from 2012-01-02

    Example: rollkeeper law diff cn-xz-2011 my-law.yaml --events lines.csv --from 2012-01-01 --to 2014-12-31
    """
    one, other = load_pack(former), load_pack(latter)
    with needs_extra("tables"):
        from rollkeeper.law.diff import changed_leaves, changed_outcomes
    leaves = changed_leaves(one.file, other.file)
    if events is not None and from_register:
        raise typer.BadParameter("give either --events or --from-register")
    begin, people = first or one.file.valid.begins, None
    with TemporaryDirectory(prefix="rollkeeper-diff-") as folder:
        if from_register:
            written = REGISTER_HISTORIES.only()(Path(folder) / "events.csv", (one, other), begin)
            events = Path(folder) / "events.csv" if written.lines else None
        if events is not None:
            people = changed_outcomes(
                one, other, events, first=begin, last=last or begin + dt.timedelta(days=1095), engine=engine,
                progress=progress,
            )  # fmt: skip
    if as_json:
        emit({"values": [asdict(leaf) for leaf in leaves], "people": asdict(people) if people else None})
    else:
        _print_diff(leaves, people)
    if people and people.lose:
        raise typer.Exit(1)


def _print_diff(leaves: "list[ChangedLeaf]", people: "ChangedOutcomes | None") -> None:
    show_table(
        f"{len(leaves)} values differ",
        ("value", "was", "is"),
        [(d.leaf, d.before, d.after) for d in leaves],
    )
    if people:
        out.print(
            f"Of {counted(people.lines, 'line', 'lines')} {people.gain:,} gain days, {people.lose:,} lose days, {people.alike:,} stay as they were."
        )


def new(
    pack_id: Annotated[str, typer.Argument(metavar="ID", help="As cc-name-year, such as za-rica-40.")],
    file: Annotated[Path, typer.Option("--out", metavar="FILE.yaml", help="The file to write.")],
    shape: Annotated[Shape, typer.Option(help="What the law is like.")] = Shape.REGISTER,
) -> None:
    """Write a pack to fill in, by the shape of the law: a standing register, a staged campaign, or a registrar.

    It is a draft: it loads, and nothing acts by it.

    Example: rollkeeper law new xx-example-2030 --shape campaign --out xx-example-2030.yaml
    """
    if not is_pack_id(pack_id):
        raise PACK_ID_UNUSABLE(given=pack_id)
    if file.exists():
        raise PACK_NOT_WRITTEN(file=file, why="there is a file already")
    _write(file, scaffold(pack_id, shape=shape, on=clock.today()))
    out.print(f"{file}: fill in what is marked with TODO, then 'rollkeeper law check {file}'.")


def confirm(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="A pack of your own; copy a shipped one first.")],
    source: Annotated[str, typer.Option(metavar="ID", help="The source that was read, as the pack names it.")],
    reader: Annotated[str, typer.Option(metavar="NAME", help="Who read it.")],
    read_in: Annotated[str, typer.Option("--read-in", metavar="WHERE", help="What was read: the address of the official text, or the copy in words.")],
    article: Annotated[list[str] | None, typer.Option(metavar="ARTICLE", help="Only these articles; by default all of the source.")] = None,
    on: DayOption = None,
) -> None:  # fmt: skip
    """Record that a named person read articles of a source and found the values that rest on them right.

    The entry goes into the pack, with the hashes of text and values: after a change of either it must be read again. The hash of the pack
    is in every ledger entry that is made by it.

    Example: rollkeeper law confirm my-law.yaml --source act --reader "A. Lawyer" --read-in https://gazette.example/act
    """
    if str(file) in shipped_packs():
        raise PACK_IS_SHIPPED(pack=file)
    pack = load_pack(file)
    text = file.read_text("utf-8")
    raw = PackFile.model_validate(read_strict(text.encode(), str(file)).data)
    _refuse_source(pack.file, source, article or ())
    done = with_reading(
        raw, by=reader, on=on or clock.today(), read_in=read_in, source=source, articles=article or ()
    )
    _write(file, write_confirmations(text, done))
    read = done.confirmations[-1].articles
    out.print(
        f"{reader} confirmed {counted(len(read), 'article', 'articles')} of '{source}': {', '.join(read)}."
    )


def _refuse_source(file: PackFile, source: str, articles: "list[str] | tuple[()]") -> None:
    ranks = {one.id: one.rank for one in file.sources}
    there = {one.article for one in file.articles if one.source == source}
    if ranks.get(source) in {"press", "guidance"}:
        raise SOURCE_NOT_CONFIRMABLE(source=source, why="it only reports what the official text says")
    if source not in ranks or not there or not {*articles} <= there:
        raise SOURCE_NOT_CONFIRMABLE(source=source, why="the pack carries no such article of it")
    asked = [one for one in file.articles if one.source == source and one.article in (articles or there)]
    if empty := [one.article for one in asked if any("TODO" in text for text in one.text.values())]:
        # A reader would confirm a text that is not written yet, and a hash would vouch for it.
        raise SOURCE_NOT_CONFIRMABLE(source=source, why=f"TODO is still in the text of {', '.join(empty)}")


def schema(
    country: Annotated[bool, typer.Option("--country", help="Of a country file.")] = False,
) -> None:
    """Print the JSON Schema of a pack, for editors that complete and check as you write.

    Put '# yaml-language-server: $schema=pack.schema.json' at the top of the pack.

    Example: rollkeeper law schema > pack.schema.json

    Example: rollkeeper law schema --country > country.schema.json
    """
    described = Country if country else PackFile
    typer.echo(json.dumps(described.model_json_schema(), indent=2, ensure_ascii=False))


def _write(file: Path, text: str) -> None:
    try:
        write_atomically(file, text.encode(), mode=0o644)
    except OSError as fault:
        raise PACK_NOT_WRITTEN(file=file, why=fault.strerror or "it cannot be written") from fault
