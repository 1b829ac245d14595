# SPDX-License-Identifier: EUPL-1.2
"""Makes a wheel whole: translations are compiled here, the documentation is put in, and a wheel without its front-end assets is refused.

An installation in development (`uv sync`) is left alone: `bin/setup` compiles and builds for it.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = ("rollkeeper.css", "sealing.js", "govuk-frontend.min.js")
PAGES = "rollkeeper/site/documentation_pages"
HOW = "Run 'make run' once in this checkout, or install npm, then build again."


class WholeWheel(BuildHookInterface):
    """Compiles the catalogues and builds the assets before the files of a wheel are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what the tree does not hold. Raises RuntimeError where the assets cannot be made."""
        if version != "editable":
            root = Path(self.root)
            compile_catalogues(root / "rollkeeper" / "site" / "locale")
            require_assets(root)
            build_data["force_include"].update(documentation(root))


def compile_catalogues(folder: Path) -> None:
    """Compile every catalogue of translations. Raises RuntimeError where there is none."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalogues = sorted(folder.glob("*/LC_MESSAGES/django.po"))
    if not catalogues:
        message = f"There are no catalogues of translations in {folder}."
        raise RuntimeError(message)
    for source in catalogues:
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parents[1].name, domain="django")
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


def documentation(root: Path) -> dict[str, str]:
    """Return where the pages of the documentation lie in a wheel. Raises RuntimeError where one is missing."""
    if not (root / "docs" / "subscriber.md").is_file():
        message = f"There is no documentation in {root}."
        raise RuntimeError(message)
    pages = [*root.glob("docs/*.md"), *root.glob("docs/runbook/*.md")]
    return {str(page): f"{PAGES}/{page.relative_to(root).as_posix()}" for page in pages}


def require_assets(root: Path) -> None:
    """Make sure that the front-end assets are built. Raises RuntimeError where they cannot be."""
    built = root / "rollkeeper" / "site" / "static" / "built"
    if _are_there(built):
        return
    npm = shutil.which("npm")
    if npm is None:
        message = f"The front-end assets are not built, and there is no npm to build them. {HOW}"
        raise RuntimeError(message)
    for words in (["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"], ["run", "build"]):
        subprocess.run([npm, *words], cwd=root, check=True)  # noqa: S603 - npm and words of our own
    if not _are_there(built):
        message = f"npm built no front-end assets. {HOW}"
        raise RuntimeError(message)


def _are_there(built: Path) -> bool:
    return all((built / name).is_file() for name in ASSETS)
