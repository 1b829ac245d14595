# SPDX-License-Identifier: EUPL-1.2
"""Builds the documentation site out of the pages of the project, and checks every link in it.

Run as ``make docs``. Pages keep their relative places, so that a link works on the site and in a checkout alike. The longest
pages that are made from the code (`docs.SITE_PAGES`) and the list of decisions exist on the site alone.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from rollkeeper.operations import docs

ROOT = docs.DOCS.parent
CONFIG = "zensical.toml"
GATHERED = "build/docs"
SOURCES = ("*.md", "docs/**/*.md", "docs/measured.csv", "docs/pictures/*", "ops/*/README.md", "rollkeeper/campaign/nightly.md")


def gather(root: Path) -> None:
    """Put every page into the folder of a root from which the site is built."""
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


def build(root: Path) -> None:
    """Build the site; a link that leads nowhere ends the run with an error."""
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", root / CONFIG]
    subprocess.run(command, check=True)  # noqa: S603  # this interpreter, with no word from outside


def main() -> None:
    """Write the generated pages and build the site into `build/site`."""
    docs.main()
    gather(ROOT)
    build(ROOT)


if __name__ == "__main__":
    main()
