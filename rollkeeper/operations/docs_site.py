# SPDX-License-Identifier: EUPL-1.2
"""Builds the documentation site out of the pages of the project, and checks every link in it.

Run as ``make docs``. Pages keep their relative places, so that a link works on the site and in a checkout alike. The longest
pages that are made from the code (`docs.SITE_PAGES`) and the list of decisions exist on the site alone.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from rollkeeper.operations import docs

ROOT = docs.DOCS.parent
CONFIG = "zensical.toml"
GATHERED = "build/docs"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")
SOURCES = (
    "*.md",
    "LICENSE",
    "docs/**/*.md",
    "docs/measured.csv",
    "docs/pictures/*",
    "ops/*/README.md",
    "rollkeeper/campaign/nightly.md",
)


def gather(root: Path) -> None:
    """Put every page into the folder under a root from which the site is built."""
    to = root / GATHERED
    shutil.rmtree(to, ignore_errors=True)
    for source in (path for pattern in SOURCES for path in ROOT.glob(pattern)):
        page = to / source.relative_to(ROOT)
        page.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, page)
    for name, page_text in docs.SITE_PAGES.items():
        (to / "docs" / name).write_text(page_text(), "utf-8")
    (to / "docs" / "decisions" / "README.md").write_text(decisions_page(), "utf-8")


def decisions_page() -> str:
    """List the decisions by number, each with its title."""
    pages = sorted((docs.DOCS / "decisions").glob("0*.md"))
    titles = ((page.name, page.read_text("utf-8").partition("\n")[0].removeprefix("# ")) for page in pages)
    return "# Decisions\n\n" + "\n".join(f"- [{title}]({name})" for name, title in titles) + "\n"


def loose_ends(root: Path) -> list[str]:
    """Name what zensical does not check: links to missing files, pages that the navigation lacks, and its entries that have no page."""
    at = root / GATHERED
    pages = {page.relative_to(at).as_posix(): page.read_text("utf-8") for page in at.rglob("*.md")}
    listed = set(_leaves(tomllib.loads((root / CONFIG).read_text("utf-8"))["project"]["nav"]))
    broken = (
        f"{name}: {target}"
        for name, text in pages.items()
        for target in LINK.findall(text)
        if not (at / name).parent.joinpath(target).is_file()
    )
    unlisted = (
        f"not in the navigation: {name}"
        for name in pages.keys() - listed
        if not name.startswith("docs/decisions/")
    )
    unwritten = (f"no page: {name}" for name in listed - pages.keys())
    return sorted([*broken, *unlisted, *unwritten])


def _leaves(nav: object) -> Iterator[str]:
    match nav:
        case str():
            yield nav
        case list():
            for item in nav:
                yield from _leaves(item)
        case dict():
            yield from _leaves(list(nav.values()))


def build(root: Path) -> None:
    """Build the site; a link that leads nowhere ends the run with an error."""
    if ends := loose_ends(root):
        raise SystemExit("\n".join(ends))
    command = [
        sys.executable,
        "-m",
        "zensical",
        "build",
        "--clean",
        "--strict",
        "--config-file",
        str(root / CONFIG),
    ]
    subprocess.run(command, check=True)  # noqa: S603  # this interpreter, with no word from outside


def main() -> None:
    """Write the generated pages and build the site into `build/site`."""
    docs.main()
    gather(ROOT)
    build(ROOT)


if __name__ == "__main__":
    main()
